package io.perfkit.examples.clinic;

import java.util.List;

public record OwnerLine(long id, String name, String city, List<PetLine> pets) {}
