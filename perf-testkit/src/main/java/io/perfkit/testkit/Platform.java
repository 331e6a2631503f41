package io.perfkit.testkit;

import java.util.Locale;

/** The systems and processors for which there are server binaries. */
enum Platform {
    LINUX_X86_64,
    LINUX_ARM_64,
    MAC_X86_64,
    MAC_ARM_64;

    static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static Platform of(String system, String processor) {
        String name = system.toLowerCase(Locale.ROOT);
        boolean arm = switch (processor.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> false;
            case "aarch64", "arm64" -> true;
            default -> throw unsupported(system, processor);
        };
        if (name.startsWith("linux")) {
            return arm ? LINUX_ARM_64 : LINUX_X86_64;
        }
        if (name.startsWith("mac")) {
            return arm ? MAC_ARM_64 : MAC_X86_64;
        }
        throw unsupported(system, processor);
    }

    boolean isLinux() {
        return this == LINUX_X86_64 || this == LINUX_ARM_64;
    }

    private static TestServerException unsupported(String system, String processor) {
        return new TestServerException("the test kit has no server binaries for " + system + " on " + processor
                + "; use Linux or macOS on x86-64 or arm64");
    }
}
