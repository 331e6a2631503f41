package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The header as clients read it that split at commas and semicolons, whatever parameters are kept. */
class LinkHeaderTest {
    private static final IntFunction<String> NO_CURSORS = index -> "";

    private static CursorPage<String> page() {
        return new CursorPage<>(List.of("row"), Tristate.YES, "n.x", Tristate.YES, "p.y", Total.none(), NO_CURSORS);
    }

    /** As most clients do it. */
    private static Map<String, String> split(String header) {
        Map<String, String> links = new LinkedHashMap<>();
        for (String link : header.split(",")) {
            String[] parts = link.split(";");
            assertThat(parts).as(header).hasSize(2);
            assertThat(parts[0].strip()).startsWith("<").endsWith(">");
            assertThat(parts[1].strip()).startsWith("rel=\"").endsWith("\"");
            String target = parts[0].strip();
            links.put(
                    parts[1].strip().substring(5, parts[1].strip().length() - 1),
                    target.substring(1, target.length() - 1));
        }
        return links;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "/tx?status=PAID,OPEN | /tx?status=PAID%2COPEN",
                "/tx?q=a;b;c | /tx?q=a%3Bb%3Bc",
                "/tx?q=%3Ca%3E%22%2C%3B | /tx?q=%3Ca%3E%22%2C%3B",
                "/tx?q=it's | /tx?q=it%27s",
                "/tx?q=a+b%20c | /tx?q=a+b%20c",
                "/tx?q=grün&q=é | /tx?q=gr%C3%BCn&q=%C3%A9",
                "/tx?q=e\u0301 | /tx?q=e%CC%81",
                "/tx?q=\uD83D\uDE00 | /tx?q=%F0%9F%98%80",
                "/tx?tag=a&tag=b&tag=a | /tx?tag=a&tag=b&tag=a",
                "/tx?empty=&flag&=x | /tx?empty=&flag&=x",
                "/tx?a=1&&b=2& | /tx?a=1&b=2",
                "/tx?q=a=b=c?d/e:f@g | /tx?q=a=b=c?d/e:f@g",
                "/a,b/tx?x=1 | /a%2Cb/tx?x=1",
                "/straße?x=1 | /stra%C3%9Fe?x=1",
                "https://shop.example/tx?x=1#part | https://shop.example/tx?x=1",
                "/tx?x=1&%66irst=9&aft%65r=t | /tx?x=1",
            })
    void keptParameters_areEncodedForClientsThatSplit(String request, String kept) {
        Map<String, String> links = split(LinkHeader.of(page(), URI.create(request), 5));

        assertThat(links).containsOnlyKeys("first", "prev", "next");
        assertThat(links.get("first")).isEqualTo(kept + "&first=5");
        assertThat(links.get("prev")).isEqualTo(kept + "&last=5&before=p.y");
        assertThat(links.get("next")).isEqualTo(kept + "&first=5&after=n.x");
    }

    @Test
    void keptParameters_meanTheSameToTheServer() {
        URI request = URI.create("/tx?a=x,y;z&b=%C3%A9%2C&c=e\u0301'");
        URI next = URI.create(split(LinkHeader.of(page(), request, 5)).get("next"));

        assertThat(next.getQuery()).isEqualTo(request.getQuery() + "&first=5&after=n.x");
    }

    @Test
    void semicolonInThePath_staysAMatrixParameter() {
        assertThat(LinkHeader.of(page(), URI.create("/tx;v=1"), 5)).startsWith("</tx;v=1?first=5>; rel=\"first\", ");
    }
}
