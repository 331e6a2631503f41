package io.perfkit.examples.clinic;

public record VetLine(String vet, long visits, long revenue) {}
