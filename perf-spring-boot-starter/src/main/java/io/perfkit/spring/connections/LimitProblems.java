package io.perfkit.spring.connections;

import io.perfkit.connections.ConnectionLimitException;
import io.perfkit.connections.RegistryClosedException;
import io.perfkit.connections.jdbc.AcquireTimeoutException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/**
 * Answers a request for which there is no room with 503 or 429 and {@code Retry-After}, wherever below other exceptions the
 * refusal lies. It says nothing about who holds what.
 */
@ControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE + 1_000)
final class LimitProblems {

    private static final String SECONDS = "1";

    @ExceptionHandler
    ResponseEntity<ProblemDetail> noConnection(AcquireTimeoutException refused) {
        return answer(HttpStatus.SERVICE_UNAVAILABLE, "The service is busy. Try again later.");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> noRoom(ConnectionLimitException refused) {
        return refused.limit() == ConnectionLimitException.Limit.PER_OWNER
                ? answer(HttpStatus.TOO_MANY_REQUESTS, "Too many open connections. Close one, or try again later.")
                : answer(HttpStatus.SERVICE_UNAVAILABLE, "The service has too many open connections. Try again later.");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> stopping(RegistryClosedException refused) {
        return answer(HttpStatus.SERVICE_UNAVAILABLE, "The service is stopping. Try again.");
    }

    private static ResponseEntity<ProblemDetail> answer(HttpStatus status, String detail) {
        return ResponseEntity.of(ProblemDetail.forStatusAndDetail(status, detail))
                .headers(headers -> headers.set(HttpHeaders.RETRY_AFTER, SECONDS))
                .build();
    }
}
