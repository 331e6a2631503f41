package io.perfkit.spring.pagination;

import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import jakarta.persistence.EntityManager;
import jakarta.persistence.metamodel.EntityType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Select;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * Cursor pages of JPA entities: which rows are on a page is asked with jOOQ, over the connection of the same transaction; the
 * entities of the page come with one query, in the order of the page, and are those of the thread's persistence context.
 *
 * <pre>{@code
 * CursorPage<Owner> page = entities.fetch(
 *         owners, dsl.select(ID, NAME).from(OWNER), request, ID, Owner.class);
 * }</pre>
 *
 * <p>In a transaction that may write, changes of entities are flushed first, so that they count for the page. Thread-safe.
 */
public final class EntityPages {

    private static final int TRIES = 3;

    private final EntityManager entities;

    /** @param entities shared by all threads, each of which has its own persistence context */
    EntityPages(EntityManager entities) {
        this.entities = entities;
    }

    /**
     * Fetches a page.
     *
     * @param <R> the type of the rows
     * @param <T> the type of the entities
     * @param paginator over the keyset
     * @param rows what is paged, with the columns of the keyset and the identifier
     * @param request which page
     * @param id the identifier among the columns, of the type that the entity's has
     * @param type the entity's class
     * @return the page, with an entity for each row
     * @throws IllegalArgumentException if the class is no entity with one identifier
     * @throws IllegalStateException if rows of the page were deleted each time before their entities were asked for
     */
    public <R extends Record, T> CursorPage<T> fetch(
            CursorPaginator<R> paginator, Select<? extends R> rows, CursorRequest request, Field<?> id, Class<T> type) {
        String query = query(type, id);
        if (TransactionSynchronizationManager.isActualTransactionActive()
                && !TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
            entities.flush();
        }
        for (int i = 0; i < TRIES; i++) {
            CursorPage<R> page = paginator.fetch(rows, request);
            Map<Object, T> found = find(
                    query,
                    page.items().stream().map(row -> (Object) row.get(id)).toList(),
                    type);
            if (page.items().stream().allMatch(row -> found.containsKey(row.get(id)))) {
                return page.map(row -> Objects.requireNonNull(found.get(row.get(id))));
            }
            // A row was deleted between the two queries.
        }
        throw new IllegalStateException("The page has rows for which there is no " + type.getName()
                + " in " + TRIES + " tries: they are deleted all the time, or the field " + id
                + " is not its identifier");
    }

    private String query(Class<?> type, Field<?> id) {
        EntityType<?> entity = entities.getMetamodel().entity(type);
        if (!entity.hasSingleIdAttribute()) {
            throw new IllegalArgumentException(
                    type.getName() + " has an identifier of several attributes; page over a class that has one");
        }
        Class<?> identifier = entity.getIdType().getJavaType();
        if (ClassUtils.resolvePrimitiveIfNecessary(identifier) != id.getType()) {
            throw new IllegalArgumentException(
                    "The field " + id + " is of " + id.getType().getName()
                            + ", but the identifier of " + type.getName() + " is of " + identifier.getName()
                            + ". Name the column of the identifier, with its type");
        }
        String name = entity.getId(identifier).getName();
        return "select e from " + entity.getName() + " e where e." + name + " in :ids";
    }

    private <T> Map<Object, T> find(String query, List<Object> ids, Class<T> type) {
        Map<Object, T> found = new HashMap<>();
        if (!ids.isEmpty()) {
            var identifiers = entities.getEntityManagerFactory().getPersistenceUnitUtil();
            for (T each :
                    entities.createQuery(query, type).setParameter("ids", ids).getResultList()) {
                found.put(identifiers.getIdentifier(each), each);
            }
        }
        return found;
    }
}
