package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is the client's fault can be told from what is the application's, by one type. */
class InvalidRequestExceptionTest {

    @Test
    void everyFaultOfTheClient_hasOneTypeAStatusAndNoStackTrace() {
        List<InvalidRequestException> faults = List.of(
                new InvalidCursorException(InvalidCursorException.Reason.FORGED),
                new InvalidCursorException(InvalidCursorException.Reason.EXPIRED),
                new InvalidPageSizeException("size"),
                new InvalidPageNumberException("number"));
        assertThat(faults).extracting(InvalidRequestException::httpStatus).containsExactly(400, 410, 400, 400);
        assertThat(faults).allSatisfy(fault -> assertThat(fault.getStackTrace()).isEmpty());
    }

    @Test
    void everySubclass_isOneOfThese() {
        assertThat(InvalidRequestException.class.getPermittedSubclasses())
                .containsExactlyInAnyOrder(
                        InvalidCursorException.class, InvalidPageSizeException.class, InvalidPageNumberException.class)
                .allSatisfy(type ->
                        assertThat(Modifier.isFinal(type.getModifiers())).isTrue());
        assertThat(PaginationException.class).isAssignableFrom(InvalidRequestException.class);
    }
}
