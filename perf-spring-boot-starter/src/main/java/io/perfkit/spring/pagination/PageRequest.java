package io.perfkit.spring.pagination;

/**
 * Which numbered page a client wants, as an argument of a controller: {@code ?page=3&per_page=50}.
 *
 * @param page from 1
 * @param size how many rows it has at most
 */
public record PageRequest(long page, int size) {}
