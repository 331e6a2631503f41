package io.perfkit.spring.app;

/** What is cached of an owner. */
public record OwnerView(long id, String city) {}
