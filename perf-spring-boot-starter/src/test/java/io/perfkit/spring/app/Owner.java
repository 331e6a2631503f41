package io.perfkit.spring.app;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A row of the application that the tests run. */
@Entity
@Table(name = "owner")
public class Owner {

    @Id
    private long id;

    private String city = "";

    protected Owner() {}

    public Owner(long id, String city) {
        this.id = id;
        this.city = city;
    }

    public long getId() {
        return id;
    }

    public String getCity() {
        return city;
    }

    public void setCity(String city) {
        this.city = city;
    }
}
