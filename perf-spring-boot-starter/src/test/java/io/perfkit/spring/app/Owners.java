package io.perfkit.spring.app;

import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.Invalidates;

/** What the three kinds of data access have in common. */
public interface Owners {

    @Cached(region = "owner", key = "{id}")
    OwnerView find(long id);

    @Invalidates(region = "owner", key = "{id}")
    void move(long id, String city);
}
