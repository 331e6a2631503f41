package io.perfkit.monitoring;

import java.util.List;

/**
 * A text of SQL with its values folded away.
 *
 * @param identity the same for texts that differ in values only, a hash over the whole folded text
 * @param display the folded text for people: long select lists elided, at most {@value SqlFingerprint#LONGEST} characters
 * @param shape what kind of statement it is
 */
record SqlText(Identity identity, String display, Shape shape) {

    /** 128 bits of hash: two texts of a million meet by chance once in 10^26 tries. */
    record Identity(long high, long low) {
        static Identity of(CharSequence text) {
            long high = 0x243F6A8885A308D3L;
            long low = 0x13198A2E03707344L;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                high = (high ^ c) * 0x9E3779B97F4A7C15L;
                high ^= high >>> 29;
                low = (low + c) * 0xC2B2AE3D27D4EB4FL;
                low ^= low >>> 31;
            }
            return new Identity(high, low);
        }

        String tag() {
            return Long.toHexString((high ^ low) >>> 40 | 1L << 24).substring(1);
        }
    }

    /** What findings have to know of a statement. */
    enum Shape {
        SELECT,
        /** With a limit, or of the rows that a list names: the reader takes them in pieces of his choice. */
        SELECT_OF_A_PIECE,
        COUNT_OF_A_TABLE,
        SEQUENCE,
        WRITE,
        OTHER,
        /** No statement, but a call of another service. */
        CALL;

        private static final List<String> LIMITS =
                List.of(" limit ", " fetch first ", " fetch next ", " top ", "rownum");

        /** select … from final table (insert …), with … as (delete …) */
        private static final List<String> WRITES_WITHIN =
                List.of("(insert into ", "(update ", "(delete from ", "(merge into ");

        /** with … as (…) update … */
        private static final List<String> WRITES_AFTER =
                List.of(") insert into ", ") update ", ") delete from ", ") merge into ");

        static Shape of(String folded) {
            if (folded.startsWith("insert ")
                    || folded.startsWith("update ")
                    || folded.startsWith("delete ")
                    || folded.startsWith("merge ")
                    || folded.startsWith("replace ")
                    || WRITES_WITHIN.stream().anyMatch(folded::contains)
                    || (folded.startsWith("with ") && WRITES_AFTER.stream().anyMatch(folded::contains))) {
                return WRITE;
            }
            if (folded.contains("nextval") || folded.contains("next value for") || folded.contains("next_val")) {
                return SEQUENCE;
            }
            if (!folded.startsWith("select ") && !folded.startsWith("with ") && !folded.startsWith("(select ")) {
                return OTHER;
            }
            if (isCountOfTable(folded)) {
                return COUNT_OF_A_TABLE;
            }
            boolean piece = folded.contains(" in (?)")
                    || folded.contains("any(")
                    || folded.contains("array_contains(?") // as Hibernate names them to H2
                    || LIMITS.stream().anyMatch(folded::contains);
            return piece ? SELECT_OF_A_PIECE : SELECT;
        }

        private static boolean isCountOfTable(String folded) {
            return folded.startsWith("select count(")
                    && folded.contains(" from ")
                    && !folded.contains(" where ")
                    && !folded.contains(" join ")
                    && !folded.contains(" group by ")
                    && folded.indexOf("select", 1) < 0;
        }
    }
}
