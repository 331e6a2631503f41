package io.perfkit.examples.clinic;

public record PetOfOwner(long owner, long id, String name, long spent) {}
