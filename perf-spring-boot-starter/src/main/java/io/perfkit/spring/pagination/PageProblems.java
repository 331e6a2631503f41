package io.perfkit.spring.pagination;

import io.perfkit.pagination.InvalidRequestException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/**
 * Answers what a client did wrong with a {@link ProblemDetail}. Before an application's handler of all exceptions, which
 * would make a server's fault of it; an application that answers these itself does so in an advice of higher precedence.
 */
@ControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE + 1_000)
final class PageProblems {

    @ExceptionHandler
    ResponseEntity<ProblemDetail> invalid(InvalidRequestException invalid) {
        return answer(invalid.httpStatus(), String.valueOf(invalid.getMessage()));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> bad(BadPageException bad) {
        return answer(400, String.valueOf(bad.getMessage()));
    }

    private static ResponseEntity<ProblemDetail> answer(int status, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(status), detail);
        return ResponseEntity.of(problem).build();
    }
}
