package io.perfkit.cache;

import java.util.HashMap;
import java.util.Map;

/**
 * Which interface the keys of a region belong to that are made of a method's name. The name of the interface is not in
 * them, so two interfaces with a {@code findAll()} must not share a region.
 */
final class ProxyKeys {

    private final Map<String, String> owners = new HashMap<>();

    /** The interface that has these keys: the given one, unless another was first. */
    synchronized String claim(String region, String start, Class<?> type) {
        String owner = owners.putIfAbsent(region + ' ' + start, type.getName());
        return owner == null ? type.getName() : owner;
    }
}
