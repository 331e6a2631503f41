package io.perfkit.cache;

/**
 * A value's bytes as they go into an entry.
 *
 * @param isNull whether they stand for an absence
 * @param compressed whether they begin with the inflated size
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Encoded(byte[] bytes, boolean isNull, boolean compressed) {

    static final Encoded NULL = new Encoded(new byte[0], true, false);
}
