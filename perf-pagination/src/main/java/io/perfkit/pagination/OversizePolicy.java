package io.perfkit.pagination;

/** What happens to a request for a page larger than the paginator's maximum. */
public enum OversizePolicy {
    /** The page has the maximum size. */
    CLAMP,
    /** The request fails with {@link InvalidPageSizeException}. */
    REFUSE
}
