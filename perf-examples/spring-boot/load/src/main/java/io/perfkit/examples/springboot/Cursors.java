package io.perfkit.examples.springboot;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Walks through a list as a client does, from link to link, and keeps the cursors. */
final class Cursors {

    private static final Pattern NEXT = Pattern.compile("<([^>]*[?&]after=([^&>]+)[^>]*)>\\s*;\\s*rel=\"?next\"?");

    private Cursors() {}

    /**
     * The cursors after each page.
     *
     * @param base where the clinic is
     * @param path of the first page
     * @param most how many at most
     * @return at least one
     */
    static List<String> walk(String base, String path, int most) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        List<String> cursors = new ArrayList<>();
        URI next = URI.create(base + path);
        while (next != null && cursors.size() < most) {
            HttpResponse<String> page =
                    client.send(HttpRequest.newBuilder(next).build(), HttpResponse.BodyHandlers.ofString());
            if (page.statusCode() != 200) {
                throw new IOException(next + " answered " + page.statusCode() + ": " + page.body());
            }
            URI here = next;
            next = null;
            for (String header : page.headers().allValues("Link")) {
                Matcher link = NEXT.matcher(header);
                if (link.find()) {
                    cursors.add(link.group(2));
                    next = here.resolve(link.group(1));
                }
            }
        }
        if (cursors.isEmpty()) {
            throw new IOException(base + path + " has no link to a next page");
        }
        return cursors;
    }
}
