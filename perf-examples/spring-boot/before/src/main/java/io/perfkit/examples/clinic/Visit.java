package io.perfkit.examples.clinic;

import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import java.time.LocalDate;

@Entity
public class Visit {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private long id;

    @ManyToOne(fetch = FetchType.LAZY)
    private Pet pet;

    private String vet;
    private LocalDate visitedOn;
    private String reason;
    private int cost;

    protected Visit() {}

    public Visit(Pet pet, String vet, LocalDate visitedOn, String reason, int cost) {
        this.pet = pet;
        this.vet = vet;
        this.visitedOn = visitedOn;
        this.reason = reason;
        this.cost = cost;
    }

    public long getId() {
        return id;
    }

    @JsonIgnore
    public Pet getPet() {
        return pet;
    }

    public String getVet() {
        return vet;
    }

    public LocalDate getVisitedOn() {
        return visitedOn;
    }

    public String getReason() {
        return reason;
    }

    public int getCost() {
        return cost;
    }
}
