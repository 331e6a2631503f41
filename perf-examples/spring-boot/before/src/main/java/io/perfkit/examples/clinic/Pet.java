package io.perfkit.examples.clinic;

import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import java.util.List;

@Entity
public class Pet {

    @Id
    private long id;

    @ManyToOne(fetch = FetchType.LAZY)
    private Owner owner;

    private String name;
    private String species;

    @OneToMany(mappedBy = "pet")
    @OrderBy("visitedOn desc, id desc")
    private List<Visit> visits;

    public long getId() {
        return id;
    }

    @JsonIgnore
    public Owner getOwner() {
        return owner;
    }

    public String getName() {
        return name;
    }

    public String getSpecies() {
        return species;
    }

    public List<Visit> getVisits() {
        return visits;
    }
}
