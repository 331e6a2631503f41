package io.perfkit.examples.clinic;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import java.util.List;

@Entity
public class Owner {

    @Id
    private long id;

    private String name;
    private String city;
    private String telephone;

    @OneToMany(mappedBy = "owner")
    @OrderBy("id")
    private List<Pet> pets;

    public long getId() {
        return id;
    }

    public String getName() {
        return name;
    }

    public String getCity() {
        return city;
    }

    public void setCity(String city) {
        this.city = city;
    }

    public String getTelephone() {
        return telephone;
    }

    public List<Pet> getPets() {
        return pets;
    }
}
