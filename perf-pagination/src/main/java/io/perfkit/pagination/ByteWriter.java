package io.perfkit.pagination;

import java.util.Arrays;

/** A growing array of bytes, big-endian. Not thread-safe. */
final class ByteWriter {

    private byte[] bytes = new byte[192];
    private int size;

    ByteWriter int8(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
        return this;
    }

    ByteWriter int32(int value) {
        return int8(value >> 24).int8(value >> 16).int8(value >> 8).int8(value);
    }

    ByteWriter int64(long value) {
        return int32((int) (value >> 32)).int32((int) value);
    }

    ByteWriter raw(byte[] value) {
        reserve(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    ByteWriter sized(byte[] value) {
        return int32(value.length).raw(value);
    }

    int size() {
        return size;
    }

    byte[] array() {
        return bytes;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
