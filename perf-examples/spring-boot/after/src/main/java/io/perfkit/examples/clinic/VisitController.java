package io.perfkit.examples.clinic;

import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorRequest;
import java.time.LocalDate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/visits")
public class VisitController {

    private final VisitService visits;

    VisitController(VisitService visits) {
        this.visits = visits;
    }

    @GetMapping
    public CursorPage<VisitLine> list(CursorRequest request) {
        return visits.list(request);
    }

    @PostMapping
    public VisitLine book(
            @RequestParam long pet,
            @RequestParam String vet,
            @RequestParam LocalDate day,
            @RequestParam String reason,
            @RequestParam int cost) {
        return visits.book(pet, vet, day, reason, cost);
    }
}
