package io.perfkit.examples.dashboard.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class SalesDataTest {

    private static final DataSize SIZE = new DataSize(500, 50, 5, 20);

    @Test
    void rows_ofTheSameSize_areTheSameBytesEverywhere() {
        assertThat(checksum(new SalesData(SIZE))).isEqualTo(checksum(new SalesData(SIZE)));
        // Pinned: another machine, JVM or release that generates other data would not be comparable.
        assertThat(checksum(new SalesData(SIZE))).isEqualTo(2_111_323_149L);
    }

    @Test
    void transaction_hasItsTimeInItsDayAndInOrder() {
        SalesData data = new SalesData(SIZE);

        String last = "";
        for (long id = 1; id <= SIZE.transactions(); id++) {
            String[] columns = columns(data.transaction(id));
            assertThat(columns[0]).isEqualTo(Long.toString(id));
            assertThat(columns[6]).matches("2026-11-(1[6-9]|20) [0-2][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{6}");
            assertThat(columns[6]).isGreaterThan(last);
            last = columns[6];
        }
        assertThat(last).startsWith("2026-11-20 23:59:");
    }

    @Test
    void transactions_areSkewed() {
        SalesData data = new SalesData(SIZE);
        Map<String, Integer> byUser = new HashMap<>();
        for (long id = 1; id <= SIZE.transactions(); id++) {
            byUser.merge(columns(data.transaction(id))[1], 1, Integer::sum);
        }

        int busiest = byUser.get(Integer.toString(data.busiestCustomer()));
        assertThat(byUser.values()).allMatch(count -> count <= busiest);
        assertThat(busiest).isGreaterThan((int) SIZE.transactions() / 10);
    }

    @Test
    void atScale_two_doublesEverythingAndKeepsTheLastDay() {
        DataSize one = DataSize.atScale(1);
        DataSize two = DataSize.atScale(2);

        assertThat(one.transactions()).isGreaterThanOrEqualTo(1_000_000);
        assertThat(one.users()).isEqualTo(10_000);
        assertThat(one.products()).isEqualTo(1_000);
        assertThat(two.transactions()).isEqualTo(2 * one.transactions());
        assertThat(two.users()).isEqualTo(2 * one.users());
        assertThat(two.firstDay().plusDays(two.days() - 1L)).isEqualTo(DataSize.LAST_DAY);
    }

    private static long checksum(SalesData data) {
        CRC32 checksum = new CRC32();
        for (long id = 1; id <= 50; id++) {
            checksum.update(data.user(id));
            checksum.update(data.product(id));
            checksum.update(data.project(id));
            checksum.update(data.feature(id));
            checksum.update(data.backlog(id));
        }
        for (long id = 1; id <= SIZE.transactions(); id++) {
            checksum.update(data.transaction(id));
        }
        return checksum.getValue();
    }

    private static String[] columns(byte[] row) {
        String line = new String(row, StandardCharsets.UTF_8);
        assertThat(line).endsWith("\n");
        return line.stripTrailing().split("\t");
    }
}
