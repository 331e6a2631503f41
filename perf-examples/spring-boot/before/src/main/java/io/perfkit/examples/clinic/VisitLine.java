package io.perfkit.examples.clinic;

import java.time.LocalDate;

public record VisitLine(
        long id, LocalDate visitedOn, String vet, String reason, int cost, String pet, long ownerId, String owner) {}
