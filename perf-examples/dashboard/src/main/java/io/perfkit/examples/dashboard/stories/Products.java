package io.perfkit.examples.dashboard.stories;

import static io.perfkit.examples.dashboard.shop.Tables.PRODUCTS;
import static io.perfkit.examples.dashboard.shop.Tables.TRANSACTIONS;
import static org.jooq.impl.DSL.count;

import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.Invalidates;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.Optional;
import org.jooq.DSLContext;

/** The products as the application knows them. What is cached is said here; the class below knows nothing of it. */
interface Products {

    String REGION = "product";

    record Product(long id, String name, String category, BigDecimal price, int soldLately) {}

    @Cached(region = REGION, key = "{id}:page")
    Optional<Product> findById(long id);

    @Invalidates(region = REGION, pattern = "{id}:*")
    void changePrice(long id, BigDecimal price);

    /** The products in the database. */
    final class InDatabase implements Products {

        private final DSLContext dsl;
        private final LocalDateTime since;

        InDatabase(DSLContext dsl, LocalDateTime since) {
            this.dsl = dsl;
            this.since = since;
        }

        @Override
        public Optional<Product> findById(long id) {
            int sold = dsl.select(count())
                    .from(TRANSACTIONS)
                    .where(TRANSACTIONS.PRODUCT_ID.eq(id).and(TRANSACTIONS.CREATED_AT.ge(since)))
                    .fetchSingle()
                    .value1();
            return dsl.select(PRODUCTS.NAME, PRODUCTS.CATEGORY, PRODUCTS.PRICE)
                    .from(PRODUCTS)
                    .where(PRODUCTS.ID.eq(id))
                    .fetchOptional(row -> new Product(id, row.value1(), row.value2(), row.value3(), sold));
        }

        @Override
        public void changePrice(long id, BigDecimal price) {
            dsl.update(PRODUCTS)
                    .set(PRODUCTS.PRICE, price)
                    .where(PRODUCTS.ID.eq(id))
                    .execute();
        }
    }
}
