package io.perfkit.pagination;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The value of a {@code Link} header (RFC 8288) with the neighbours of a page: the address of this request with other
 * values for the parameters that choose the page. Other parameters, such as filters, are kept.
 *
 * <p>The value is safe to put into a header: it is made of the characters of a URI only. Clients that split it at every
 * comma, and each part at every semicolon, get what they expect: in kept parameters both are percent-encoded, and commas
 * in the path as well. A semicolon in the path stays, because there it begins a matrix parameter.
 */
public final class LinkHeader {

    private static final Set<String> CURSOR_PARAMETERS = Set.of("first", "after", "last", "before", "around");
    private static final Set<String> PAGE_PARAMETERS = Set.of("page", "per_page");

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private LinkHeader() {}

    /**
     * Links of a cursor page, by the parameters {@code first} and {@code after}, {@code last} and {@code before}.
     *
     * @param page the page
     * @param request the address that the client asked for
     * @param size how many rows a page has, for {@code first} and {@code last}
     * @return {@code first} always, {@code prev} and {@code next} where there are cursors for them
     * @throws IllegalArgumentException if the size is below 1
     */
    public static String of(CursorPage<?> page, URI request, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("size must be at least 1, but was " + size);
        }
        List<String> links = new ArrayList<>();
        links.add(link(request, CURSOR_PARAMETERS, "first", "first=" + size));
        page.previous()
                .ifPresent(token -> links.add(
                        link(request, CURSOR_PARAMETERS, "prev", "last=" + size, "before=" + encoded(token))));
        page.next()
                .ifPresent(token -> links.add(
                        link(request, CURSOR_PARAMETERS, "next", "first=" + size, "after=" + encoded(token))));
        return String.join(", ", links);
    }

    /**
     * Links of a numbered page, by the parameters {@code page} and {@code per_page}.
     *
     * @param page the page
     * @param request the address that the client asked for
     * @return {@code first} always, {@code prev} and {@code next} where there are such pages, {@code last} where the
     *     total is exact
     */
    public static String of(OffsetPage<?> page, URI request) {
        List<String> links = new ArrayList<>();
        links.add(numbered(request, "first", 1, page.size()));
        if (page.hasPrevious()) {
            links.add(numbered(request, "prev", page.page() - 1, page.size()));
        }
        if (page.hasNext()) {
            links.add(numbered(request, "next", page.page() + 1, page.size()));
        }
        page.pages().ifPresent(pages -> links.add(numbered(request, "last", Math.max(1, pages), page.size())));
        return String.join(", ", links);
    }

    private static String numbered(URI request, String relation, long page, int size) {
        return link(request, PAGE_PARAMETERS, relation, "page=" + page, "per_page=" + size);
    }

    private static String link(URI request, Set<String> replaced, String relation, String... parameters) {
        String address = request.toString();
        int end = address.indexOf('#');
        String whole = end < 0 ? address : address.substring(0, end);
        int query = whole.indexOf('?');
        String path = query < 0 ? whole : whole.substring(0, query);
        String all = Stream.concat(kept(request.getRawQuery(), replaced), Stream.of(parameters))
                .collect(Collectors.joining("&"));
        return "<" + plain(path, ",") + "?" + all + ">; rel=\"" + relation + "\"";
    }

    private static Stream<String> kept(@Nullable String rawQuery, Set<String> replaced) {
        return Stream.of(Objects.requireNonNullElse(rawQuery, "").split("&"))
                .filter(parameter -> !parameter.isEmpty() && !replaced.contains(nameOf(parameter)))
                .map(parameter -> plain(parameter, ",;'"));
    }

    /** A name that is needlessly encoded is the same name. */
    private static String nameOf(String parameter) {
        return URLDecoder.decode(parameter.split("=", 2)[0], StandardCharsets.UTF_8);
    }

    /**
     * Encodes what is not ASCII, and the given delimiters: they are data wherever this is called, and many clients split
     * a header at every one of them. What is encoded already stays as it is, and Unicode is not normalized, so that a
     * filter keeps its value.
     */
    private static String plain(String text, String delimiters) {
        StringBuilder plain = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            if (c > 0x20 && c < 0x7F && delimiters.indexOf(c) < 0) {
                plain.appendCodePoint(c);
            } else {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    plain.append('%').append(HEX.toHexDigits(b));
                }
            }
        });
        return plain.toString();
    }

    private static String encoded(String token) {
        return URLEncoder.encode(token, StandardCharsets.UTF_8);
    }
}
