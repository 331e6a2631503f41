package io.perfkit.cache.spi;

/**
 * Where what stands in an entry of the shared tier, big-endian:
 *
 * <pre>
 *  0      format version, 2
 *  1      kind: 'L' lease, 'P' fence of a put, 'V' value
 *  2..17  generation: 8 bytes of the writing node, 8 bytes of its counter; never used twice
 *         (a lease or fence ends here)
 * 18      flags: 1 the value is null, 2 it is compressed, 4 it is due for a reload
 * 19..22  schema version of the region
 * 23..30  incarnation of the log
 * 31..38  epoch of the log that was known when the load began
 * 39..46  until when the value is fresh, in milliseconds of the server's clock; written by the server
 * 47..54  for how many milliseconds after that it is served while it is loaded anew
 * 55..62  for how many milliseconds after that it is served if loading fails
 * 63..70  how long its load took, in nanoseconds
 * 71      number of tags; then each with the length of its UTF-8 in two bytes before it
 * ..      if compressed, the inflated size in four bytes
 * ..      the value as its codec wrote it
 * </pre>
 *
 * <p>The first 18 bytes are the fence: a value is stored only where the fence that its loader found still stands. These
 * numbers are told here alone; what runs in the server is formatted from them.
 */
public final class EntryLayout {

    /** The version that this one writes. Later versions keep the meaning of the first byte. */
    public static final byte VERSION = 2;
    /** A higher first byte is of no version at all. */
    public static final byte HIGHEST_VERSION = 15;

    /** The kind of a lease. */
    public static final byte LEASE = 'L';
    /** The kind of the fence of a put. */
    public static final byte PUT = 'P';
    /** The kind of a value. */
    public static final byte VALUE = 'V';

    /** The position of the kind. */
    public static final int KIND_AT = 1;
    /** The position of the generation. */
    public static final int GENERATION_AT = KIND_AT + 1;
    /** The bytes of a generation. */
    public static final int GENERATION_LENGTH = 2 * Long.BYTES;
    /** The bytes of a fence. */
    public static final int FENCE_LENGTH = GENERATION_AT + GENERATION_LENGTH;

    /** The position of the flags. */
    public static final int FLAGS_AT = FENCE_LENGTH;
    /** The position of the region's schema version. */
    public static final int SCHEMA_AT = FLAGS_AT + 1;
    /** The position of the log's incarnation. */
    public static final int INCARNATION_AT = SCHEMA_AT + Integer.BYTES;
    /** The position of the log's epoch. */
    public static final int EPOCH_AT = INCARNATION_AT + Long.BYTES;
    /** The position of the instant that the server writes. */
    public static final int STAMP_AT = EPOCH_AT + Long.BYTES;
    /** The position of the time that a value is served while it is loaded anew. */
    public static final int STALE_AT = STAMP_AT + Long.BYTES;
    /** The position of the time that a value is served if loading fails. */
    public static final int ON_ERROR_AT = STALE_AT + Long.BYTES;
    /** The position of the duration of the load. */
    public static final int LOAD_NANOS_AT = ON_ERROR_AT + Long.BYTES;
    /** The position of the number of tags. */
    public static final int TAGS_AT = LOAD_NANOS_AT + Long.BYTES;
    /** The bytes of a header without tags. */
    public static final int FIXED_LENGTH = TAGS_AT + 1;

    /** The flag of an absence. */
    public static final int FLAG_NULL = 1;
    /** The flag of a compressed value. */
    public static final int FLAG_COMPRESSED = 2;
    /** The flag of a value that is due for a reload. */
    public static final int FLAG_DUE = 4;

    private EntryLayout() {}
}
