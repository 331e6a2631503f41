package io.perfkit.monitoring.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of an address becomes the name of a call: nothing that could be a value. */
class CallNamesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://Rates.example.com/latest | GET rates.example.com/latest",
                "https://a.example | GET a.example",
                "https://a.example/ | GET a.example",
                "https://a.example:8443//x/ | GET a.example:8443/x",
                "http://a.example/users/42 | GET a.example/users/{id}",
                "http://a.example/v2/users/42/orders/7 | GET a.example/v2/users/{id}/orders/{id}",
                "http://a.example/oauth2/token?code=secret | GET a.example/oauth2/token",
                "http://secret:secret@a.example/x#secret | GET a.example/x",
                "http://a.example/f47ac10b-58cc-4372-a567-0e02b2c3d479 | GET a.example/{id}",
                "http://a.example/users/joe@secret.example | GET a.example/users/{id}",
                "http://a.example/users/j%C3%B6rg | GET a.example/users/{id}",
                "http://a.example/cars;colour=secret/red | GET a.example/cars/red",
                "http://a.example/;secret=1 | GET a.example/{id}",
                "http://a.example/2026-11-30/report.pdf | GET a.example/{id}/report.pdf",
                "http://a.example/abc123/x | GET a.example/{id}/x",
                "http://a.example/abcdefghijabcdefghijabcdefghijabcdefghijk | GET a.example/{id}",
                "http://a.example/a/b/c/d/e/f/g/h/i/j | GET a.example/a/b/c/d/e/f/g/h/…",
                "http://[::1]:80/a | GET [::1]:80/a",
                "mailto:secret@a.example | GET unknown",
            })
    void of_anAddress_keepsWordsOnly(String address, String name) {
        assertThat(CallNames.of("GET", URI.create(address))).isEqualTo(name);
    }
}
