package io.perfkit.examples.dashboard.shop;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Generates the shop's rows as PostgreSQL's COPY text. The seed is fixed, and so is the order of the draws: the same
 * size gives the same bytes on every machine.
 *
 * <p>A few customers and products dominate, as in real sales: the busiest customer makes about a tenth of all
 * transactions, the best product about an eighth.
 */
final class SalesData {

    private static final long SEED = 20_261_120L;
    private static final double SKEW = 1.0;
    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final String[] CATEGORIES = {
        "Books", "Garden", "Kitchen", "Music", "Office", "Outdoor", "Toys", "Travel"
    };
    private static final String[] COUNTRIES = {"AT", "BR", "CH", "DE", "ES", "FR", "GB", "IN", "JP", "US"};
    private static final String[] FIRST = {
        "Ada", "Ben", "Chloe", "David", "Elif", "Femi", "Grace", "Hugo", "Ines", "Jun", "Kofi", "Lena", "Mei", "Nils"
    };
    private static final String[] LAST = {
        "Abara", "Bauer", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Hansen", "Ito", "Jones", "Kumar", "Lopez"
    };

    private final DataSize size;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final int[] customersByRank;
    private final int[] productsByRank;
    private final int[] priceInCents;
    private final Zipf customers;
    private final Zipf products;
    private final StringBuilder line = new StringBuilder(160);

    SalesData(DataSize size) {
        this.size = size;
        customers = new Zipf(size.users(), SKEW);
        products = new Zipf(size.products(), SKEW);
        customersByRank = shuffledIds(size.users());
        productsByRank = shuffledIds(size.products());
        priceInCents = new int[size.products() + 1];
        for (int id = 1; id <= size.products(); id++) {
            priceInCents[id] = 199 + random.nextInt(20_000);
        }
    }

    int busiestCustomer() {
        return customersByRank[0];
    }

    byte[] user(long id) {
        String first = FIRST[random.nextInt(FIRST.length)];
        String last = LAST[random.nextInt(LAST.length)];
        line.append(id)
                .append('\t')
                .append(first)
                .append(' ')
                .append(last)
                .append(' ')
                .append(id);
        line.append('\t').append(first.toLowerCase(Locale.ROOT)).append(id).append("@shop.example");
        line.append('\t').append(COUNTRIES[random.nextInt(COUNTRIES.length)]);
        return endOfLine();
    }

    byte[] product(long id) {
        String category = CATEGORIES[random.nextInt(CATEGORIES.length)];
        line.append(id)
                .append('\t')
                .append(category)
                .append(" article ")
                .append(id)
                .append('\t')
                .append(category);
        cents(priceInCents[(int) id]);
        return endOfLine();
    }

    /** Later ids have later times, as in a table that only grows. */
    byte[] transaction(long id) {
        long index = id - 1;
        int user = customersByRank[customers.rank(random.nextDouble())];
        int product = productsByRank[products.rank(random.nextDouble())];
        int quantity = 1 + random.nextInt(5);
        int fate = random.nextInt(100);
        line.append(id)
                .append('\t')
                .append(user)
                .append('\t')
                .append(product)
                .append('\t')
                .append(quantity);
        cents((long) priceInCents[product] * quantity);
        line.append('\t')
                .append(fate < 92 ? "PAID" : fate < 97 ? "REFUNDED" : "OPEN")
                .append('\t');
        long slot = MICROS_PER_DAY / DataSize.SALES_PER_DAY;
        long micros = index % DataSize.SALES_PER_DAY * slot + random.nextLong(slot);
        timestamp(size.firstDay().plusDays(index / DataSize.SALES_PER_DAY), micros);
        return endOfLine();
    }

    byte[] project(long id) {
        line.append(id).append("\tProject ").append(id);
        return endOfLine();
    }

    byte[] feature(long id) {
        long project = (id - 1) / DataSize.FEATURES_PER_PROJECT + 1;
        line.append(id).append('\t').append(project).append("\tFeature ").append(id);
        return endOfLine();
    }

    byte[] backlog(long id) {
        long feature = (id - 1) / DataSize.BACKLOGS_PER_FEATURE + 1;
        line.append(id).append('\t').append(feature).append("\tBacklog item ").append(id);
        line.append('\t').append(1 + random.nextInt(13));
        return endOfLine();
    }

    private int[] shuffledIds(int count) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i + 1);
            ids[i] = ids[other];
            ids[other] = i + 1;
        }
        return ids;
    }

    private void cents(long cents) {
        line.append('\t').append(cents / 100).append('.');
        padded(cents % 100, 2);
    }

    private void timestamp(LocalDate day, long micros) {
        line.append(day).append(' ');
        padded(micros / 3_600_000_000L, 2);
        line.append(':');
        padded(micros / 60_000_000 % 60, 2);
        line.append(':');
        padded(micros / 1_000_000 % 60, 2);
        line.append('.');
        padded(micros % 1_000_000, 6);
    }

    private void padded(long number, int digits) {
        for (long bound = 10, left = digits - 1L; left > 0; left--, bound *= 10) {
            if (number < bound) {
                line.append("0".repeat((int) left));
                break;
            }
        }
        line.append(number);
    }

    private byte[] endOfLine() {
        byte[] bytes = line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        line.setLength(0);
        return bytes;
    }
}
