package io.perfkit.examples.clinic;

import java.time.LocalDate;
import java.util.List;
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
    public List<VisitLine> list(@RequestParam(defaultValue = "0") int page) {
        return visits.list(page);
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
