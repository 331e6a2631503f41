package io.perfkit.cache.json;

import com.fasterxml.jackson.annotation.JsonKey;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TreeNode;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.AbstractDeserializer;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;

/**
 * What the JSON of a type looks like: the names and types of all properties, as Jackson reads them, through all types
 * that it consists of. Three questions are answered by one walk, when the codec is made:
 *
 * <ul>
 *   <li>Can a value come back as it was at all? If not, {@link #objection} says where and why, and what to do.
 *   <li>Does every value, so that {@link #isCertain} and nobody has to look at each? That is so for records, enumerations,
 *       arrays and lists of each other and of plain values. Anything else may hide a subclass, a comparator, a field that
 *       is not written.
 *   <li>Is an entry of this very shape? It begins with the {@link #fingerprint}. A property that is new, gone, renamed or
 *       of another type makes another one, so a version of the application that has it does not read the entries of one
 *       that has not, nor the other way round. The names of the classes are not in it.
 * </ul>
 */
final class Shape {

    private static final String ABSTRACT =
            "declare its subtypes with @JsonTypeInfo and @JsonSubTypes, or name the class";

    private final DeserializationContext context;
    private final boolean strict;
    private final StringBuilder text = new StringBuilder();
    private final Map<JavaType, Integer> seen = new HashMap<>();
    private @Nullable String objection;
    private boolean certain;

    private Shape(JsonMapper mapper) {
        context = mapper._deserializationContext();
        strict = mapper == StrictMapper.MAPPER;
        certain = strict;
    }

    static Shape of(JavaType type, JsonMapper mapper) {
        Shape shape = new Shape(mapper);
        shape.visit(type, "the value");
        return shape;
    }

    /** Why values of this type do not come back as they were, and the remedy; or null. */
    @Nullable
    String objection() {
        return objection;
    }

    boolean isCertain() {
        return certain;
    }

    long fingerprint() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private void visit(JavaType type, String path) {
        Class<?> raw = type.getRawClass();
        if (KnownTypes.ALWAYS_SAME.contains(raw)) {
            text.append(raw.getName());
        } else if (KnownTypes.MOSTLY_SAME.contains(raw.getName()) || TreeNode.class.isAssignableFrom(raw)) {
            text.append(raw.getName());
            certain = false;
        } else if (raw.isEnum()) {
            // Its constants are not told: an entry with one that is unknown is a miss, the others are as ever.
            text.append("enum");
        } else if (type.isArrayType()) {
            visitParts("[]", path, type.getContentType());
        } else if (type.isReferenceType()) {
            certain = false;
            visitParts(raw.getName(), path, type.getContentType());
        } else if (type.isMapLikeType()) {
            certain = false;
            checkKey(type.getKeyType(), path + ".keySet()");
            visitParts(raw.getName(), path, type.getKeyType(), type.getContentType());
        } else if (type.isCollectionLikeType()) {
            certain &= KnownTypes.LISTS.contains(raw);
            visitParts(raw.getName(), path, type.getContentType());
        } else {
            visitObject(type, path);
        }
    }

    private void visitParts(String name, String path, JavaType... parts) {
        text.append(name).append('<');
        for (JavaType part : parts) {
            visit(part, path + "[]");
            text.append(',');
        }
        text.append('>');
    }

    private void checkKey(JavaType key, String path) {
        Class<?> raw = key.getRawClass();
        boolean known = raw.isEnum()
                || KnownTypes.ALWAYS_SAME.contains(raw)
                || KnownTypes.MOSTLY_SAME.contains(raw.getName())
                || isAnnotated(raw, JsonKey.class)
                || isAnnotated(raw, JsonValue.class);
        if (!known && raw != Object.class) {
            object(
                    path,
                    key,
                    "is no type that JSON can write as the name of a property and read again",
                    "use texts, numbers, enumerations, UUIDs or dates as keys");
        }
    }

    private static boolean isAnnotated(Class<?> type) {
        return Stream.of(Stream.of(type), Stream.of(type.getDeclaredFields()), Stream.of(type.getDeclaredMethods()))
                .flatMap(s -> s)
                .flatMap(e -> Stream.of(((AnnotatedElement) e).getDeclaredAnnotations()))
                .anyMatch(a ->
                        a.annotationType().getName().contains("jackson.") && a.annotationType() != JsonProperty.class);
    }

    private static boolean isAnnotated(Class<?> type, Class<? extends Annotation> annotation) {
        Stream<AnnotatedElement> members =
                Stream.concat(Stream.of(type.getDeclaredMethods()), Stream.of(type.getDeclaredFields()));
        return members.anyMatch(m -> m.isAnnotationPresent(annotation));
    }

    private void visitObject(JavaType type, String path) {
        Class<?> raw = type.getRawClass();
        if (raw == Object.class) {
            certain = false;
            text.append("any");
            object(
                    path,
                    type,
                    "says nothing about the class, and JSON does not either",
                    "name the types of everything, as in JsonCodec.of(new TypeReference<List<Row>>() {})");
            return;
        }
        Integer number = seen.putIfAbsent(type, seen.size());
        if (number != null) {
            text.append('#').append(number);
            return;
        }
        try {
            if (context.findTypeDeserializer(type) != null) {
                Collection<NamedType> subtypes = context.getConfig()
                        .getSubtypeResolver()
                        .collectAndResolveSubtypesByTypeId(
                                context.getConfig(), context.introspectClassAnnotations(type));
                visitSubtypes(subtypes, type, path);
            } else {
                visitProperties(type, context.findNonContextualValueDeserializer(type), path);
            }
        } catch (JacksonException e) {
            object(path, type, "is not understood by Jackson: " + e.getOriginalMessage(), "make it a record");
        }
    }

    private void visitSubtypes(Collection<NamedType> subtypes, JavaType type, String path) {
        certain = false;
        text.append("one of");
        subtypes.stream()
                .filter(s -> !Modifier.isAbstract(s.getType().getModifiers()))
                .sorted(Comparator.comparing(s -> s.getType().getName()))
                .forEach(subtype -> {
                    JavaType special = context.constructSpecializedType(type, subtype.getType());
                    text.append('|').append(subtype.getName()).append('=');
                    visitProperties(special, context.findNonContextualValueDeserializer(special), path);
                });
    }

    private void visitProperties(JavaType type, ValueDeserializer<?> deserializer, String path) {
        Class<?> raw = type.getRawClass();
        // A pattern of a date, say, may lose a part of some values.
        certain &= raw.isRecord() && !isAnnotated(raw);
        if (deserializer instanceof BeanDeserializerBase bean && !SameValue.isOfTheJdk(raw)) {
            if (!bean.getValueInstantiator().canInstantiate()) {
                object(
                        path,
                        type,
                        "has no constructor that Jackson can call",
                        "make it a record, give it a constructor without parameters, or annotate one with @JsonCreator "
                                + "and its parameters with @JsonProperty");
            }
            visitProperties(bean, raw, path);
        } else if (deserializer instanceof AbstractDeserializer) {
            text.append(raw.getName());
            object(path, type, "is abstract, and JSON does not say which class it was", ABSTRACT);
        } else {
            // A deserializer of the application's.
            certain = false;
            text.append(raw.getName());
            if (SameValue.isOfTheJdk(raw)) {
                object(path, type, "has no JSON from which the same would come back", "use a class of your own");
            }
        }
    }

    private void visitProperties(BeanDeserializerBase bean, Class<?> raw, String path) {
        List<SettableBeanProperty> properties = new ArrayList<>();
        bean.properties().forEachRemaining(properties::add);
        properties.sort(Comparator.comparing(SettableBeanProperty::getName));
        text.append('{');
        for (SettableBeanProperty property : properties) {
            text.append(property.getName()).append(':');
            visitProperty(property, path + "." + property.getName());
            text.append(',');
        }
        for (Field field : raw.getDeclaredFields()) {
            if (field.isAnnotationPresent(JsonUnwrapped.class)) {
                certain = false;
                visit(context.constructType(field.getType()), path + "." + field.getName());
            }
        }
        text.append('}');
    }

    private void visitProperty(SettableBeanProperty property, String path) {
        AnnotatedMember member = property.getMember();
        if (property.getAnnotation(JsonDeserialize.class) != null) {
            certain = false;
            text.append(property.getType().getRawClass().getName());
        } else if (property.getAnnotation(JsonTypeInfo.class) != null && member != null) {
            Collection<NamedType> subtypes = context.getConfig()
                    .getSubtypeResolver()
                    .collectAndResolveSubtypesByTypeId(context.getConfig(), member, property.getType());
            visitSubtypes(subtypes, property.getType(), path);
        } else {
            visit(property.getType(), path);
        }
    }

    /** The first one is told. A mapper of the application's may know more than is seen here: its values are looked at. */
    private void object(String path, JavaType type, String why, String remedy) {
        if (strict && objection == null) {
            objection = path + " is a " + type.toCanonical() + ", which " + why + ". Remedy: " + remedy
                    + "; or give the region a Codec of its own, or the policy localOnly";
        }
    }
}
