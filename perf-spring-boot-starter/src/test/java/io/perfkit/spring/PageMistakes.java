package io.perfkit.spring;

import io.perfkit.pagination.CursorCodec;

/** What needs secrets. */
class PageMistakes {

    static class AsksForCursors {
        AsksForCursors(CursorCodec cursors) {}
    }
}
