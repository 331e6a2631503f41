package io.perfkit.batching.jdbc;

/** What became of a row. */
public enum RowStatus {
    /** Its transaction was committed. */
    COMMITTED,
    /** It was not written, and will not be. */
    FAILED,
    /** The connection was lost during the commit: the row was written, or it was not. Look for it by its key. */
    UNKNOWN
}
