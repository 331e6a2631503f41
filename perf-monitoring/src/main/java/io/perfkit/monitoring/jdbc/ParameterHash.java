package io.perfkit.monitoring.jdbc;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Whether two executions had the same value, without keeping it. Of a long text or array only a part is looked at. */
final class ParameterHash {
    private static final int LOOKED_AT = 256;

    private ParameterHash() {}

    static int of(@Nullable Object value) {
        if (value instanceof String text) {
            return text.length() <= LOOKED_AT
                    ? text.hashCode()
                    : text.substring(0, LOOKED_AT).hashCode() + text.length();
        } else if (value instanceof byte[] bytes) {
            return bytes.length <= LOOKED_AT
                    ? Arrays.hashCode(bytes)
                    : Arrays.hashCode(Arrays.copyOf(bytes, LOOKED_AT)) + bytes.length;
        } else if (value == null) {
            return 0;
        }
        try {
            return value.hashCode();
        } catch (RuntimeException ofTheCaller) {
            return 1;
        }
    }
}
