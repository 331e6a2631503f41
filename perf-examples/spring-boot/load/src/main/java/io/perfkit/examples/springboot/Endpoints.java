package io.perfkit.examples.springboot;

import static io.perfkit.monitoring.load.LoadRequest.get;

import io.perfkit.monitoring.load.LoadRequest;
import java.util.List;
import java.util.Locale;

/** What users ask the clinic for, and what is promised of it. */
final class Endpoints {

    private static final List<String> TEXTS = List.of(
            "ada", "ben", "cleo", "dan", "eve", "finn", "gus", "hana", "ida", "jon", "berg", "sen", "son", "ekm", "fro",
            "gra", "ibs", "kel", "lund", "mad", "qui", "ras", "sand", "tho", "ulr", "van", "win", "a b", "e d", "n k");

    private Endpoints() {}

    /**
     * All of them.
     *
     * @param owners how many there are
     * @param visits how many there are
     * @param ownerPages the cursors of the side after, from all over the list of owners
     * @param visitPages the same of the list of visits
     * @return the endpoints, those that change something last
     */
    static List<Endpoint> all(int owners, int visits, List<String> ownerPages, List<String> visitPages) {
        return List.of(
                new Endpoint(
                        "owners, a page",
                        4,
                        n -> get("/owners?page=" + some(n, owners / 20)),
                        n -> get("/owners?first=20&after=" + ownerPages.get(some(n, ownerPages.size())))),
                Endpoint.same("owner", 1, n -> get("/owners/" + (1 + popular(n, owners)))),
                Endpoint.same("search", 10, n -> get("/owners/search?text=" + text(n))),
                new Endpoint(
                        "visits, a page",
                        40,
                        n -> get("/visits?page=" + some(n, visits / 20)),
                        n -> get("/visits?first=20&after=" + visitPages.get(some(n, visitPages.size())))),
                Endpoint.same("dashboard", 1_000, n -> get("/dashboard")),
                Endpoint.same("report", 7, n -> get("/report?month=" + month(n))),
                Endpoint.same(
                        "move (writes)",
                        1,
                        n -> LoadRequest.of("PUT", "/owners/" + (1 + some(n, owners)) + "/city?city=Ulm" + n % 7)),
                Endpoint.same(
                        "book (writes)",
                        1,
                        n -> LoadRequest.of(
                                "POST",
                                "/visits?pet=" + (1 + some(n, owners * 2))
                                        + "&vet=Dr.%20Orr&day=2026-11-30&reason=teeth&cost=50")));
    }

    private static String text(long n) {
        return TEXTS.get(popular(n, TEXTS.size())).replace(" ", "%20");
    }

    private static String month(long n) {
        int month = some(n, 36);
        return String.format(Locale.ROOT, "%d-%02d", 2022 + month / 12, 1 + month % 12);
    }

    /** Scattered evenly, the same in each run. */
    private static int some(long n, int bound) {
        return Math.floorMod(mix(n) >>> 16, bound);
    }

    /** A few are asked for again and again, most now and then. */
    private static int popular(long n, int bound) {
        double share = (mix(n) >>> 11) * 0x1.0p-53;
        return (int) (bound * share * share * share);
    }

    private static long mix(long n) {
        long z = (n + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        return z ^ (z >>> 27);
    }
}
