package io.perfkit.examples.clinic;

public record PetLine(long id, String name, long spent) {}
