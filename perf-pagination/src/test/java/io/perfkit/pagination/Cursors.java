package io.perfkit.pagination;

import java.nio.charset.StandardCharsets;

/** Key rings and codecs with secrets that are good enough for tests. */
final class Cursors {

    private Cursors() {}

    static KeyRing ring(String id) {
        return KeyRing.of(id, secret(id));
    }

    static byte[] secret(String id) {
        return ("a secret for tests only, of key " + id).getBytes(StandardCharsets.UTF_8);
    }

    static CursorCodec codec() {
        return CursorCodec.signed(ring("test"));
    }
}
