package io.perfkit.cache.proxy;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Texts that are the same exactly for equal values, of types whose {@code toString()} is not. */
final class CanonicalText {

    private static final Pattern ESCAPED = Pattern.compile("%[0-9a-fA-F]{2}");

    private CanonicalText() {}

    /**
     * Equal addresses may differ in the case of their scheme, of their host and of the digits in what they escape, in a
     * colon without a port, and in slashes before an authority that is empty.
     */
    static String of(URI uri) {
        StringBuilder out = new StringBuilder();
        if (uri.getScheme() != null) {
            out.append(uri.getScheme().toLowerCase(Locale.ROOT)).append(':');
        }
        if (uri.isOpaque()) {
            out.append(digits(uri.getRawSchemeSpecificPart()));
        } else {
            writeAuthority(uri, out);
            out.append(digits(uri.getRawPath()));
            write('?', uri.getRawQuery(), out);
        }
        write('#', uri.getRawFragment(), out);
        return out.toString();
    }

    private static void writeAuthority(URI uri, StringBuilder out) {
        if (uri.getHost() != null) {
            out.append("//");
            if (uri.getRawUserInfo() != null) {
                out.append(digits(uri.getRawUserInfo())).append('@');
            }
            out.append(uri.getHost().toLowerCase(Locale.ROOT));
            if (uri.getPort() != -1) {
                out.append(':').append(uri.getPort());
            }
        } else if (uri.getRawAuthority() != null) {
            out.append("//").append(digits(uri.getRawAuthority()));
        }
    }

    private static void write(char mark, @Nullable String part, StringBuilder out) {
        if (part != null) {
            out.append(mark).append(digits(part));
        }
    }

    private static String digits(String part) {
        return part.indexOf('%') < 0
                ? part
                : ESCAPED.matcher(part)
                        .replaceAll(
                                each -> Matcher.quoteReplacement(each.group().toUpperCase(Locale.ROOT)));
    }

    /** Locales without language and country have no text of their own, whatever their variant, script or extensions. */
    static String of(Locale locale) {
        String text = locale.toString();
        return text.isEmpty() && !locale.equals(Locale.ROOT)
                ? "__" + locale.getVariant() + "_#" + locale.getScript() + "_" + locale.toLanguageTag()
                : text;
    }
}
