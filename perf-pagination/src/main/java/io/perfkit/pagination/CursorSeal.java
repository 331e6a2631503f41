package io.perfkit.pagination;

import static io.perfkit.pagination.InvalidCursorException.Reason.FORGED;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * How the contents of a cursor are protected. The number is the first byte of the cursor and part of its format.
 *
 * <pre>
 * 1: head | contents | HMAC-SHA-256 over all before
 * 2: head | nonce (12 bytes) | AES-256-GCM of the contents, with the head as associated data | tag (16 bytes)
 * </pre>
 *
 * The head is the version, the length of the key id and the key id. The nonce is not random but the first bytes of an
 * HMAC over head and contents, as in synthetic-IV modes (compare RFC 5297): it repeats only for the same contents, so
 * there is no random generator to trust and no count of messages to keep; in return two cursors of the same position are
 * seen to be the same. Encryption and nonces use keys derived from the secret by HMAC with a label (as in the expand step
 * of RFC 5869), so a ring can serve both kinds.
 */
enum CursorSeal {
    SIGNED(1, KeyRing.Key.MAC_BYTES) {
        @Override
        byte[] close(KeyRing.Key key, ByteWriter cursor, int head) {
            return cursor.raw(key.mac(cursor.array(), 0, cursor.size())).toBytes();
        }

        @Override
        ByteBuffer open(KeyRing.Key key, byte[] cursor, int head) {
            int signed = cursor.length - KeyRing.Key.MAC_BYTES;
            byte[] expected = key.mac(cursor, 0, signed);
            if (!MessageDigest.isEqual(expected, Arrays.copyOfRange(cursor, signed, cursor.length))) {
                throw new InvalidCursorException(FORGED);
            }
            return ByteBuffer.wrap(cursor, head, signed - head);
        }
    },

    ENCRYPTED(2, CursorSeal.NONCE_BYTES + CursorSeal.TAG_BITS / 8) {
        @Override
        byte[] close(KeyRing.Key key, ByteWriter cursor, int head) {
            byte[] nonce = Arrays.copyOf(key.nonceMac(cursor.array(), 0, cursor.size()), NONCE_BYTES);
            try {
                Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, cursor.array(), head);
                byte[] hidden = cipher.doFinal(cursor.array(), head, cursor.size() - head);
                byte[] sealed = Arrays.copyOf(cursor.array(), head + NONCE_BYTES + hidden.length);
                System.arraycopy(nonce, 0, sealed, head, NONCE_BYTES);
                System.arraycopy(hidden, 0, sealed, head + NONCE_BYTES, hidden.length);
                return sealed;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java runtime cannot encrypt with " + CIPHER, e);
            }
        }

        @Override
        ByteBuffer open(KeyRing.Key key, byte[] cursor, int head) {
            byte[] nonce = Arrays.copyOfRange(cursor, head, head + NONCE_BYTES);
            try {
                Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, cursor, head);
                int from = head + NONCE_BYTES;
                return ByteBuffer.wrap(cipher.doFinal(cursor, from, cursor.length - from));
            } catch (AEADBadTagException e) {
                throw new InvalidCursorException(FORGED);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java runtime cannot decrypt with " + CIPHER, e);
            }
        }
    };

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final int version;
    private final int overhead;

    CursorSeal(int version, int overhead) {
        this.version = version;
        this.overhead = overhead;
    }

    int version() {
        return version;
    }

    /** How many bytes more than head and contents a cursor has. */
    int overhead() {
        return overhead;
    }

    /** The whole cursor; {@code cursor} holds the head, which is {@code head} bytes long, and the contents. */
    abstract byte[] close(KeyRing.Key key, ByteWriter cursor, int head);

    /** The contents, which are then known to be what {@link #close} was given under this key. */
    abstract ByteBuffer open(KeyRing.Key key, byte[] cursor, int head);

    private static Cipher cipher(int mode, KeyRing.Key key, byte[] nonce, byte[] cursor, int head)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, key.encryption(), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(cursor, 0, head);
        return cipher;
    }
}
