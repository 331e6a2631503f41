package io.perfkit.pagination;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that sign or encrypt cursors: one for new cursors, and any number of older ones whose cursors are still accepted.
 *
 * <p>To rotate, make the new key the one that signs and keep the old one accepted for as long as cursors of it may
 * still be in the hands of clients: {@code KeyRing.of("2026-12", newSecret).alsoAccepting("2026-11", oldSecret)}. With
 * several instances of a service, first make every instance accept the new key, then let it sign.
 *
 * <p>The id of a key travels in the cursor in the clear; the secret never does, and {@link #toString()} shows ids only.
 * Immutable and thread-safe.
 */
public final class KeyRing {

    private static final int MINIMUM_SECRET_BYTES = 32;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,32}");

    private final Key signing;
    private final Map<String, Key> keys;

    private KeyRing(Key signing, Map<String, Key> keys) {
        this.signing = signing;
        this.keys = keys;
    }

    /**
     * A ring with one key, which signs.
     *
     * @param id a name for the key, 1 to 32 letters, digits, dots, dashes or underscores; never reuse one for another
     *     secret
     * @param secret at least 32 random bytes; copied
     * @return the ring
     * @throws IllegalArgumentException if the id has another form or the secret is too short
     */
    public static KeyRing of(String id, byte[] secret) {
        Key key = new Key(id, secret);
        return new KeyRing(key, Map.of(id, key));
    }

    /**
     * A ring that signs as this one does and accepts cursors signed with one more key.
     *
     * @param id the name of the key
     * @param secret its secret; copied
     * @return the new ring
     * @throws IllegalArgumentException if the ring already has a key of this id, or as for {@link #of}
     */
    public KeyRing alsoAccepting(String id, byte[] secret) {
        if (keys.containsKey(id)) {
            throw new IllegalArgumentException("the key ring already has a key with the id " + id);
        }
        Map<String, Key> more = new LinkedHashMap<>(keys);
        more.put(id, new Key(id, secret));
        return new KeyRing(signing, Map.copyOf(more));
    }

    Key signing() {
        return signing;
    }

    @Nullable
    Key find(String id) {
        return keys.get(id);
    }

    Collection<Key> all() {
        return keys.values();
    }

    @Override
    public String toString() {
        return "KeyRing[signing with " + signing.id + ", accepting " + new TreeSet<>(keys.keySet()) + "]";
    }

    /**
     * One key: HMAC (RFC 2104) with SHA-256, and what encryption derives from it. A Mac that has taken in its key is only
     * ever cloned, so threads share nothing that changes, and the key is taken in once instead of for every cursor.
     */
    static final class Key {

        static final int MAC_BYTES = 32;

        private static final String ALGORITHM = "HmacSHA256";

        private final String id;
        private final Keyed signing;
        private final Keyed nonces;
        private final SecretKeySpec encryption;

        Key(String id, byte[] secret) {
            if (!ID.matcher(Objects.requireNonNull(id, "id")).matches()) {
                throw new IllegalArgumentException(
                        "key id must be 1 to 32 letters, digits, dots, dashes or underscores, but was \"" + id + "\"");
            }
            if (secret.length < MINIMUM_SECRET_BYTES) {
                throw new IllegalArgumentException("secret of key " + id + " must be at least " + MINIMUM_SECRET_BYTES
                        + " bytes, but was " + secret.length);
            }
            this.id = id;
            this.signing = new Keyed(secret);
            this.nonces = new Keyed(derived("perfkit cursor nonce"));
            this.encryption = new SecretKeySpec(derived("perfkit cursor encryption"), "AES");
        }

        String id() {
            return id;
        }

        byte[] mac(byte[] bytes, int offset, int length) {
            return signing.mac(bytes, offset, length);
        }

        byte[] nonceMac(byte[] bytes, int offset, int length) {
            return nonces.mac(bytes, offset, length);
        }

        SecretKeySpec encryption() {
            return encryption;
        }

        private byte[] derived(String label) {
            byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
            return signing.mac(bytes, 0, bytes.length);
        }

        private static final class Keyed {

            private final SecretKeySpec secret;
            private final Mac keyed;

            Keyed(byte[] secret) {
                this.secret = new SecretKeySpec(secret, ALGORITHM);
                this.keyed = newMac();
            }

            byte[] mac(byte[] bytes, int offset, int length) {
                Mac mac = copy();
                mac.update(bytes, offset, length);
                return mac.doFinal();
            }

            private Mac copy() {
                try {
                    return (Mac) keyed.clone();
                } catch (CloneNotSupportedException notWithThisProvider) {
                    return newMac();
                }
            }

            private Mac newMac() {
                try {
                    Mac mac = Mac.getInstance(ALGORITHM);
                    mac.init(secret);
                    return mac;
                } catch (NoSuchAlgorithmException | InvalidKeyException e) {
                    throw new IllegalStateException(
                            "this Java runtime has no " + ALGORITHM + ", which every one must have", e);
                }
            }
        }
    }
}
