package io.perfkit.cache.servlet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Brings {@code Accept-Encoding} into one of few forms: which of the codings that the application may use a client
 * takes, in a fixed order. Browsers write the header in a dozen ways that mean the same, and each would be a variant of
 * its own.
 */
final class AcceptedEncodings {

    private final List<String> known;

    AcceptedEncodings(List<String> known) {
        this.known = known;
    }

    /**
     * The codings of {@link #known} that the lines accept, separated by commas; empty for none of them. Null if the
     * client refuses the unencoded form, which nothing here can promise.
     */
    @Nullable
    String canonical(Collection<String> lines) {
        List<String> accepted = new ArrayList<>();
        for (String line : lines) {
            for (String item : Directives.split(line)) {
                int semicolon = item.indexOf(';');
                String coding = (semicolon < 0 ? item : item.substring(0, semicolon))
                        .trim()
                        .toLowerCase(Locale.ROOT);
                boolean refused = semicolon >= 0 && isZero(item.substring(semicolon + 1));
                if (refused && (coding.equals("identity") || coding.equals("*"))) {
                    return null;
                }
                if (!refused) {
                    accepted.add(coding.equals("x-gzip") ? "gzip" : coding);
                }
            }
        }
        StringBuilder result = new StringBuilder();
        for (String coding : known) {
            if (accepted.contains(coding)) {
                result.append(result.length() == 0 ? "" : ", ").append(coding);
            }
        }
        return result.toString();
    }

    private static boolean isZero(String weight) {
        String text = weight.trim().toLowerCase(Locale.ROOT).replace(" ", "");
        return text.equals("q=0")
                || (text.startsWith("q=0.") && text.substring(4).matches("0*"));
    }
}
