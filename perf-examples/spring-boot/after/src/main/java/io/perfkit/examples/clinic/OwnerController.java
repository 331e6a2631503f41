package io.perfkit.examples.clinic;

import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorRequest;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/owners")
public class OwnerController {

    private final OwnerService owners;

    OwnerController(OwnerService owners) {
        this.owners = owners;
    }

    @GetMapping
    public CursorPage<OwnerLine> list(CursorRequest request) {
        return owners.list(request);
    }

    @GetMapping("/search")
    public List<OwnerLine> search(@RequestParam String text) {
        return owners.search(text);
    }

    @GetMapping("/{id}")
    public OwnerView find(@PathVariable long id) {
        return owners.find(id);
    }

    @PutMapping("/{id}/city")
    public OwnerView move(@PathVariable long id, @RequestParam String city) {
        return owners.move(id, city);
    }
}
