package io.perfkit.spring.pagination;

import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.KeyRing;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Reads the secrets of cursors. */
final class CursorKeys {

    private static final Logger LOG = LoggerFactory.getLogger(CursorKeys.class);

    private static final int BYTES = 32;

    private CursorKeys() {}

    /** @param test whether a test runs the application, whose cursors nobody keeps */
    static CursorCodec codec(PaginationProperties properties, boolean test) {
        KeyRing keys = keys(properties, test);
        CursorCodec codec = properties.encrypted() ? CursorCodec.encrypted(keys) : CursorCodec.signed(keys);
        if (properties.expireAfter() == null) {
            return codec;
        }
        try {
            return codec.toBuilder().expireAfter(properties.expireAfter()).build();
        } catch (IllegalArgumentException refused) {
            throw wrong("perfkit.pagination.expire-after", properties.expireAfter(), refused);
        }
    }

    private static KeyRing keys(PaginationProperties properties, boolean test) {
        if (properties.keys().isEmpty()) {
            if (!test && !properties.generateKey()) {
                throw new MissingCursorKeyException(generated());
            }
            if (!test) {
                LOG.warn("Cursors are signed with a secret that was made at this start: after a restart, and on other "
                        + "nodes, they are refused. Set perfkit.pagination.keys for anything but development");
            }
            return KeyRing.of("generated", Base64.getDecoder().decode(generated()));
        }
        KeyRing ring = null;
        int index = 0;
        for (PaginationProperties.Key key : properties.keys()) {
            String property = "perfkit.pagination.keys[" + index++ + "]";
            String id = key.id() == null ? "" : key.id();
            byte[] secret = secret(property + ".secret", key.secret());
            try {
                ring = ring == null ? KeyRing.of(id, secret) : ring.alsoAccepting(id, secret);
            } catch (IllegalArgumentException refused) {
                throw wrong(property, key, refused);
            }
        }
        return java.util.Objects.requireNonNull(ring);
    }

    /** Never shows the secret itself. */
    private static byte[] secret(String property, @Nullable String text) {
        try {
            return Base64.getDecoder().decode(text == null ? "" : text.strip());
        } catch (IllegalArgumentException notBase64) {
            throw new InvalidConfigurationPropertyValueException(
                    property,
                    "(a secret)",
                    "It is not Base64. Write " + BYTES
                            + " random bytes as Base64, such as those of openssl rand -base64 " + BYTES);
        }
    }

    private static InvalidConfigurationPropertyValueException wrong(
            String property, @Nullable Object value, IllegalArgumentException cause) {
        InvalidConfigurationPropertyValueException wrong =
                new InvalidConfigurationPropertyValueException(property, value, String.valueOf(cause.getMessage()));
        wrong.addSuppressed(cause);
        return wrong;
    }

    static String generated() {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        return Base64.getEncoder().encodeToString(secret);
    }
}
