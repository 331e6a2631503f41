package io.perfkit.spring.cache;

import io.perfkit.cache.proxy.MethodCaching;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.Handle;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.Type;

/**
 * Calls that an object makes of its own annotated methods: they do not come through the proxy, so that the annotation does
 * nothing there. They are read from the class file; one that cannot be read has none.
 */
final class SelfInvocations extends ClassVisitor {

    private final String owner;
    private final Set<String> annotated;
    private final Set<String> found = new TreeSet<>();

    private SelfInvocations(String owner, Set<String> annotated) {
        super(Opcodes.ASM9);
        this.owner = owner;
        this.annotated = annotated;
    }

    /** Each as "list() calls find(long)", sorted. */
    static List<String> of(Class<?> type) {
        Set<String> annotated = new HashSet<>();
        for (Method method : type.getDeclaredMethods()) {
            if (!method.isBridge()
                    && !Modifier.isPrivate(method.getModifiers())
                    && MethodCaching.isAnnotated(type, method)) {
                annotated.add(method.getName() + Type.getMethodDescriptor(method));
            }
        }
        String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
        try (InputStream bytes = annotated.isEmpty() ? null : type.getResourceAsStream(file)) {
            if (bytes == null) {
                return List.of();
            }
            SelfInvocations visitor = new SelfInvocations(Type.getInternalName(type), annotated);
            new ClassReader(bytes).accept(visitor, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
            return List.copyOf(visitor.found);
        } catch (IOException | IllegalArgumentException unreadable) {
            return List.of();
        }
    }

    @Override
    public MethodVisitor visitMethod(int access, String caller, String descriptor, String signature, String[] thrown) {
        // A bridge leads to the method itself, and is what callers of an interface come by.
        boolean bridge = (access & Opcodes.ACC_BRIDGE) != 0;
        return new MethodVisitor(Opcodes.ASM9) {
            @Override
            public void visitMethodInsn(int opcode, String of, String name, String type, boolean isInterface) {
                note(of, name, type);
            }

            @Override
            public void visitInvokeDynamicInsn(String name, String type, Handle bootstrap, Object... arguments) {
                for (Object each : arguments) {
                    if (each instanceof Handle handle) {
                        note(handle.getOwner(), handle.getName(), handle.getDesc());
                    }
                }
            }

            private void note(String of, String name, String type) {
                if (!bridge && of.equals(owner) && annotated.contains(name + type)) {
                    found.add(shown(caller, descriptor) + " calls " + shown(name, type));
                }
            }
        };
    }

    private static String shown(String name, String descriptor) {
        String method = name.startsWith("lambda$") ? name.split("\\$", -1)[1] : name;
        StringBuilder types = new StringBuilder();
        if (!name.startsWith("lambda$")) {
            for (Type each : Type.getArgumentTypes(descriptor)) {
                String type = each.getClassName();
                types.append(types.isEmpty() ? "" : ", ").append(type.substring(type.lastIndexOf('.') + 1));
            }
        } else {
            types.append('…');
        }
        return method + "(" + types + ")";
    }
}
