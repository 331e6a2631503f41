package shop;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;

/** The entities of a small application with Hibernate, mapped as most are: everything lazy. */
final class Clinic {
    private Clinic() {}

    /** Has pets. */
    @Entity(name = "Owner")
    @Table(name = "clinic_owner")
    static class Owner {
        @Id
        Integer id;

        String name;

        @OneToMany(mappedBy = "owner")
        List<Animal> animals = new ArrayList<>();

        List<Animal> getAnimals() {
            return animals;
        }
    }

    /** Has an owner and a kind. */
    @Entity(name = "Animal")
    @Table(name = "clinic_animal")
    static class Animal {
        @Id
        Integer id;

        String name;

        @ManyToOne(fetch = FetchType.LAZY)
        Owner owner;

        @ManyToOne(fetch = FetchType.LAZY)
        Kind kind;

        Kind getKind() {
            return kind;
        }
    }

    /** What an animal is. */
    @Entity(name = "Kind")
    @Table(name = "clinic_kind")
    static class Kind {
        @Id
        Integer id;

        String name;

        String getName() {
            return name;
        }
    }

    /** Gets its number from a sequence, one at a time. */
    @Entity(name = "Visit")
    @Table(name = "clinic_visit")
    static class Visit {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "visit")
        @SequenceGenerator(name = "visit", sequenceName = "clinic_visit_seq", allocationSize = 1)
        Integer id;

        String note;
    }

    /** Creates the tables in an empty database. */
    static SessionFactory open(DataSource dataSource) {
        return new MetadataSources(new StandardServiceRegistryBuilder()
                        .applySetting("hibernate.connection.datasource", dataSource)
                        .applySetting("hibernate.hbm2ddl.auto", "create")
                        .build())
                .addAnnotatedClasses(Owner.class, Animal.class, Kind.class, Visit.class)
                .buildMetadata()
                .buildSessionFactory();
    }

    /** Owners with two animals each, each of a kind of its own. */
    static void fill(SessionFactory sessions, int owners) {
        sessions.inTransaction(session -> {
            for (int i = 0; i < owners; i++) {
                Owner owner = new Owner();
                owner.id = i;
                owner.name = "owner " + i;
                session.persist(owner);
                for (int j = 0; j < 2; j++) {
                    Kind kind = new Kind();
                    kind.id = 2 * i + j;
                    kind.name = "kind " + kind.id;
                    session.persist(kind);
                    Animal animal = new Animal();
                    animal.id = 2 * i + j;
                    animal.name = "animal " + animal.id;
                    animal.owner = owner;
                    animal.kind = kind;
                    session.persist(animal);
                }
            }
        });
    }
}
