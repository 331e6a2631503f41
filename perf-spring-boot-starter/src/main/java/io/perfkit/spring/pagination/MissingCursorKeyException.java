package io.perfkit.spring.pagination;

/** There is no secret to sign cursors with, and something asks for a codec. */
final class MissingCursorKeyException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final String example;

    MissingCursorKeyException(String example) {
        super("There is no secret to sign cursors with: set perfkit.pagination.keys[0].id and "
                + "perfkit.pagination.keys[0].secret (32 random bytes as Base64, such as those of openssl rand -base64 32), "
                + "the same on all nodes; or perfkit.pagination.generate-key=true for development");
        this.example = example;
    }

    /** A secret that was made just now. */
    String example() {
        return example;
    }
}
