;; What is done to each byte of a copy. Written out instead of called where it is hot: V8 does not inline functions of such modules.
(module
  (memory (export "memory") 1)

  (func $rest (param $h i64) (param $p i32) (param $end i32) (result i64)
    (block $words-done
      (loop $words
        (br_if $words-done (i32.gt_u (i32.add (local.get $p) (i32.const 8)) (local.get $end)))
        (local.set $h
          (i64.add
            (i64.mul
              (i64.rotl
                (i64.xor (local.get $h) (call $round (i64.const 0) (i64.load (local.get $p))))
                (i64.const 27))
              (i64.const 0x9E3779B185EBCA87))
            (i64.const 0x85EBCA77C2B2AE63)))
        (local.set $p (i32.add (local.get $p) (i32.const 8)))
        (br $words)))
    (if (i32.le_u (i32.add (local.get $p) (i32.const 4)) (local.get $end))
      (then
        (local.set $h
          (i64.add
            (i64.mul
              (i64.rotl
                (i64.xor (local.get $h) (i64.mul (i64.load32_u (local.get $p)) (i64.const 0x9E3779B185EBCA87)))
                (i64.const 23))
              (i64.const 0xC2B2AE3D27D4EB4F))
            (i64.const 0x165667B19E3779F9)))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))))
    (block $bytes-done
      (loop $bytes
        (br_if $bytes-done (i32.ge_u (local.get $p) (local.get $end)))
        (local.set $h
          (i64.mul
            (i64.rotl
              (i64.xor (local.get $h) (i64.mul (i64.load8_u (local.get $p)) (i64.const 0x27D4EB2F165667C5)))
              (i64.const 11))
            (i64.const 0x9E3779B185EBCA87)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $bytes)))
    (local.set $h
      (i64.mul
        (i64.xor (local.get $h) (i64.shr_u (local.get $h) (i64.const 33)))
        (i64.const 0xC2B2AE3D27D4EB4F)))
    (local.set $h
      (i64.mul
        (i64.xor (local.get $h) (i64.shr_u (local.get $h) (i64.const 29)))
        (i64.const 0x165667B19E3779F9)))
    (i64.xor (local.get $h) (i64.shr_u (local.get $h) (i64.const 32))))

  (func $round (param $sum i64) (param $word i64) (result i64)
    (i64.mul
      (i64.rotl
        (i64.add (local.get $sum) (i64.mul (local.get $word) (i64.const 0xC2B2AE3D27D4EB4F)))
        (i64.const 31))
      (i64.const 0x9E3779B185EBCA87)))

  (func $together (param $h i64) (param $sum i64) (result i64)
    (i64.add
      (i64.mul
        (i64.xor (local.get $h) (call $round (i64.const 0) (local.get $sum)))
        (i64.const 0x9E3779B185EBCA87))
      (i64.const 0x85EBCA77C2B2AE63)))

  (func $fold (param $a i64) (param $b i64) (param $c i64) (param $d i64) (result i64)
    (call $together
      (call $together
        (call $together
          (call $together
            (i64.add
              (i64.add (i64.rotl (local.get $a) (i64.const 1)) (i64.rotl (local.get $b) (i64.const 7)))
              (i64.add (i64.rotl (local.get $c) (i64.const 12)) (i64.rotl (local.get $d) (i64.const 18))))
            (local.get $a))
          (local.get $b))
        (local.get $c))
      (local.get $d)))

  ;; XXH64 of the bytes from $p to $end under the seeds 0 and 0x9E3779B97F4A7C15, in one pass, for which a word is multiplied once; the results are left at
  ;; addresses 0 and 8. Algorithm and constants: xxHash specification, "XXH64", https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
  (func $digest (export "digest") (param $p i32) (param $end i32)
    (local $length i64) (local $h i64) (local $g i64) (local $word i64)
    (local $a i64) (local $b i64) (local $c i64) (local $d i64)
    (local $e i64) (local $f i64) (local $i i64) (local $j i64)
    (local.set $length (i64.extend_i32_u (i32.sub (local.get $end) (local.get $p))))
    (if (i64.ge_u (local.get $length) (i64.const 32))
      (then
        (local.set $a (i64.add (i64.const 0) (i64.const 0x60EA27EEADC0B5D6)))
        (local.set $b (i64.add (i64.const 0) (i64.const 0xC2B2AE3D27D4EB4F)))
        (local.set $c (i64.const 0))
        (local.set $d (i64.sub (i64.const 0) (i64.const 0x9E3779B185EBCA87)))
        (local.set $e (i64.add (i64.const 0x9E3779B97F4A7C15) (i64.const 0x60EA27EEADC0B5D6)))
        (local.set $f (i64.add (i64.const 0x9E3779B97F4A7C15) (i64.const 0xC2B2AE3D27D4EB4F)))
        (local.set $i (i64.const 0x9E3779B97F4A7C15))
        (local.set $j (i64.sub (i64.const 0x9E3779B97F4A7C15) (i64.const 0x9E3779B185EBCA87)))
        (loop $stripes
          (local.set $word (i64.mul (i64.load (local.get $p)) (i64.const 0xC2B2AE3D27D4EB4F)))
          (local.set $a (i64.mul (i64.rotl (i64.add (local.get $a) (local.get $word)) (i64.const 31)) (i64.const 0x9E3779B185EBCA87)))
          (local.set $e (i64.mul (i64.rotl (i64.add (local.get $e) (local.get $word)) (i64.const 31)) (i64.const 0x9E3779B185EBCA87)))
          (local.set $word (i64.mul (i64.load offset=8 (local.get $p)) (i64.const 0xC2B2AE3D27D4EB4F)))
          (local.set $b (i64.mul (i64.rotl (i64.add (local.get $b) (local.get $word)) (i64.const 31)) (i64.const 0x9E3779B185EBCA87)))
          (local.set $f (i64.mul (i64.rotl (i64.add (local.get $f) (local.get $word)) (i64.const 31)) (i64.const 0x9E3779B185EBCA87)))
          (local.set $word (i64.mul (i64.load offset=16 (local.get $p)) (i64.const 0xC2B2AE3D27D4EB4F)))
          (local.set $c (i64.mul (i64.rotl (i64.add (local.get $c) (local.get $word)) (i64.const 31)) (i64.const 0x9E3779B185EBCA87)))
          (local.set $i (i64.mul (i64.rotl (i64.add (local.get $i) (local.get $word)) (i64.const 31)) (i64.const 0x9E3779B185EBCA87)))
          (local.set $word (i64.mul (i64.load offset=24 (local.get $p)) (i64.const 0xC2B2AE3D27D4EB4F)))
          (local.set $d (i64.mul (i64.rotl (i64.add (local.get $d) (local.get $word)) (i64.const 31)) (i64.const 0x9E3779B185EBCA87)))
          (local.set $j (i64.mul (i64.rotl (i64.add (local.get $j) (local.get $word)) (i64.const 31)) (i64.const 0x9E3779B185EBCA87)))
          (local.set $p (i32.add (local.get $p) (i32.const 32)))
          (br_if $stripes (i32.le_u (i32.add (local.get $p) (i32.const 32)) (local.get $end))))
        (local.set $h (call $fold (local.get $a) (local.get $b) (local.get $c) (local.get $d)))
        (local.set $g (call $fold (local.get $e) (local.get $f) (local.get $i) (local.get $j))))
      (else
        (local.set $h (i64.add (i64.const 0) (i64.const 0x27D4EB2F165667C5)))
        (local.set $g (i64.add (i64.const 0x9E3779B97F4A7C15) (i64.const 0x27D4EB2F165667C5)))))
    (i64.store
      (i32.const 0)
      (call $rest (i64.add (local.get $h) (local.get $length)) (local.get $p) (local.get $end)))
    (i64.store
      (i32.const 8)
      (call $rest (i64.add (local.get $g) (local.get $length)) (local.get $p) (local.get $end))))

  ;; 1 where nine bytes one after another are 0. Nine hold a whole word of four, wherever the counting of words begins.
  (func $hasZeros (export "hasZeros") (param $p i32) (param $end i32) (result i32)
    (local $start i32) (local $back i32)
    (local.set $start (local.get $p))
    (block $over
      (loop $words
        ;; Sixteen words at a time, as long as none of them is 0, then four.
        (block $few
          (loop $many
            (br_if $few (i32.gt_u (i32.add (local.get $p) (i32.const 64)) (local.get $end)))
            (br_if $few
              (i32.eqz
                (i32x4.all_true
                  (i32x4.min_u
                    (i32x4.min_u (v128.load (local.get $p)) (v128.load offset=16 (local.get $p)))
                    (i32x4.min_u (v128.load offset=32 (local.get $p)) (v128.load offset=48 (local.get $p)))))))
            (local.set $p (i32.add (local.get $p) (i32.const 64)))
            (br $many)))
        (br_if $over (i32.gt_u (i32.add (local.get $p) (i32.const 4)) (local.get $end)))
        (if (i32.le_u (i32.add (local.get $p) (i32.const 16)) (local.get $end))
          (then
            (if (i32x4.all_true (v128.load (local.get $p)))
              (then (local.set $p (i32.add (local.get $p) (i32.const 16))) (br $words)))))
        (if (i32.load (local.get $p))
          (then (local.set $p (i32.add (local.get $p) (i32.const 4))))
          (else
            (local.set $back (local.get $p))
            (block $begun
              (loop $before
                (br_if $begun (i32.eq (local.get $back) (local.get $start)))
                (br_if $begun (i32.load8_u (i32.sub (local.get $back) (i32.const 1))))
                (local.set $back (i32.sub (local.get $back) (i32.const 1)))
                (br $before)))
            (local.set $p (i32.add (local.get $p) (i32.const 4)))
            (block $ended
              (loop $after
                (br_if $ended (i32.eq (local.get $p) (local.get $end)))
                (br_if $ended (i32.load8_u (local.get $p)))
                (local.set $p (i32.add (local.get $p) (i32.const 1)))
                (br $after)))
            (if (i32.ge_u (i32.sub (local.get $p) (local.get $back)) (i32.const 9))
              (then (return (i32.const 1))))))
        (br $words)))
    (i32.const 0))

  ;; Walks elements `03 "<index>" 00 <document>` from $p and moves the documents together from $to on, which is not above $p. For each it notes at $notes: its
  ;; length (i32), whether hasZeros (i32), its digest (16 bytes). Stops before an element that is not all there, after $most, and at what is no document.
  ;; Leaves at addresses 16 to 28: where it stopped, where the moved documents end, their number, and 1 where it met what is no document.
  (func (export "scan") (param $p i32) (param $end i32) (param $to i32) (param $notes i32) (param $most i32)
    (local $count i32) (local $bad i32) (local $d i32) (local $length i32)
    (block $over
      (loop $next
        (br_if $over (i32.eq (local.get $count) (local.get $most)))
        (br_if $over (i32.ge_u (local.get $p) (local.get $end)))
        (if (i32.ne (i32.load8_u (local.get $p)) (i32.const 3))
          (then (local.set $bad (i32.const 1)) (br $over)))
        (local.set $d (i32.add (local.get $p) (i32.const 1)))
        (loop $name
          (br_if $over (i32.ge_u (local.get $d) (local.get $end)))
          (local.set $d (i32.add (local.get $d) (i32.const 1)))
          (br_if $name (i32.load8_u (i32.sub (local.get $d) (i32.const 1)))))
        (br_if $over (i32.lt_u (i32.sub (local.get $end) (local.get $d)) (i32.const 5)))
        (local.set $length (i32.load (local.get $d)))
        (if (i32.lt_s (local.get $length) (i32.const 5))
          (then (local.set $bad (i32.const 1)) (br $over)))
        (br_if $over (i32.gt_u (local.get $length) (i32.sub (local.get $end) (local.get $d))))
        (local.set $p (i32.add (local.get $d) (local.get $length)))
        (if (i32.load8_u (i32.sub (local.get $p) (i32.const 1)))
          (then (local.set $p (local.get $d)) (local.set $bad (i32.const 1)) (br $over)))
        (call $digest (local.get $d) (local.get $p))
        (i32.store (local.get $notes) (local.get $length))
        (i32.store offset=4 (local.get $notes) (call $hasZeros (local.get $d) (local.get $p)))
        (i64.store offset=8 (local.get $notes) (i64.load (i32.const 0)))
        (i64.store offset=16 (local.get $notes) (i64.load (i32.const 8)))
        (local.set $notes (i32.add (local.get $notes) (i32.const 24)))
        (memory.copy (local.get $to) (local.get $d) (local.get $length))
        (local.set $to (i32.add (local.get $to) (local.get $length)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $next)))
    (i32.store (i32.const 16) (local.get $p))
    (i32.store (i32.const 20) (local.get $to))
    (i32.store (i32.const 24) (local.get $count))
    (i32.store (i32.const 28) (local.get $bad))))
