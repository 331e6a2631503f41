package io.perfkit.cache;

import io.perfkit.cache.Parsed.Kind;
import io.perfkit.cache.spi.SharedTier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reads the headers of many entries; only where one has many tags, more than a few bytes are read of it. */
final class EntryHeaders {

    /** Enough for most headers. */
    private static final int SHORT = 256;

    private final int schemaVersion;
    private final SharedSession session;

    EntryHeaders(int schemaVersion, SharedSession session) {
        this.schemaVersion = schemaVersion;
        this.session = session;
    }

    /** In the order of the keys. */
    CompletableFuture<List<Parsed>> of(SharedTier.Region region, List<String> keys) {
        if (keys.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        return session.inTime(region.peek(keys, SHORT)).thenCompose(beginnings -> {
            List<String> again = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                if (isCutOff(beginnings.get(i))) {
                    again.add(keys.get(i));
                }
            }
            if (again.isEmpty()) {
                return CompletableFuture.completedFuture(parsed(beginnings));
            }
            return session.inTime(region.peek(again, EntryFormat.MAXIMUM_HEADER_LENGTH))
                    .thenApply(longer -> {
                        List<byte[]> all = new ArrayList<>(beginnings);
                        int next = 0;
                        for (int i = 0; i < all.size(); i++) {
                            if (isCutOff(all.get(i))) {
                                all.set(i, longer.get(next++));
                            }
                        }
                        return parsed(all);
                    });
        });
    }

    private boolean isCutOff(byte[] beginning) {
        return beginning.length == SHORT
                && parse(beginning) instanceof Parsed.Other other
                && other.kind() == Kind.FOREIGN;
    }

    private List<Parsed> parsed(List<byte[]> beginnings) {
        return beginnings.stream().map(this::parse).toList();
    }

    private Parsed parse(byte[] bytes) {
        return EntryFormat.parse(bytes, schemaVersion);
    }
}
