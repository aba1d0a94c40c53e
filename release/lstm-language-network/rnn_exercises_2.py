"""The second assignment, lstm-language-network: what is drawn, what comes out, public numbers."""

ASSIGNMENT = "lstm-language-network"

_GATES = " ".join(f"W{g}:n_a,n_a+n_x b{g}:n_a,1" for g in "fico")
_PARAMETERS = f"parameters{{ {_GATES} Wy:n_y,n_a by:n_y,1 }}"
_STEP = f"xt:m<n_x a_prev:n_a,m c_prev:n_a,m {_PARAMETERS}"
_SEQUENCE = f"x:m,T_x<n_x a0:n_a,m c0:n_a,m {_PARAMETERS}"
_LOSS = f"x:m,T_x<n_x y:m,T_x<n_y a0:n_a,m c0:n_a,m {_PARAMETERS}"
_GRADIENTS = " ".join(f"dW{g}:n_a,n_a+n_x db{g}:n_a,1" for g in "fico")
_SOME = "dWf:n_a,n_a+n_x dbf:n_a,1 dWy:n_y,n_a"
_CACHE = "a_next c_next a_prev c_prev ft it cct ot xt parameters"
# The forum post: its W* meet the hidden state, its U* the tokens, its V makes the output.
_FORUM = " ".join(f"W{g}:n_a,n_a U{g}:n_a,n_x" for g in "ifog")
_FORUM_SEQUENCE = f"x:T_x<n_x h0:n_a c0:n_a parameters{{ {_FORUM} V:n_y,n_a }}"
_FORUM_GRADIENTS = " ".join(f"dW{g}:n_a,n_a dU{g}:n_a,n_x" for g in "ifog")
_SIZES = dict(n_x=6, n_a=4, n_y=5, m=7, T_x=3)
_SMALL = dict(n_x=4, n_a=3, n_y=5, m=2, T_x=2)  # each entry costs two passes

EXERCISES = {
    "token_cell_forward": dict(
        draws=_STEP,
        outputs="a_next:n_a,m c_next:n_a,m cache",
        cache=_CACHE,
        also="""a_next[2] | 0.29579128 -0.27092541 0.12426633 -0.26057466 -0.02565135 0.02810293
            -0.01626098;
        c_next[1] | 0.96289349 0.77095933 0.23666504 -0.18722311 0.85013224 0.69884150
            0.68625656;
        cache[4][1][2] | 0.08359227;
        cache[5][1][2] | 0.23264626;
        cache[6][1][2] | 0.99901843;
        cache[7][1][2] | 0.72756601""",
    ),
    "language_forward": dict(
        draws=_SEQUENCE,
        outputs="a:n_a,m,T_x logits:n_y,m,T_x c:n_a,m,T_x caches",
        cache=_CACHE,
        also="""a[2][1] | -0.19361131 0.09233163 0.14048518;
        logits[1][2] | -0.95845838 -0.97770334 -0.96740112;
        c[1][3] | 0.19107921 -0.44680497 -0.67991790""",
    ),
    "cross_entropy": dict(
        draws="logits:n_y,m,T_x y:m,T_x<n_y",
        outputs="loss:() dlogits:n_y,m,T_x",
        second=dict(scale=2000.0, also="loss | 2091.06700664"),  # e^1000 is too large for a float
        also="""loss | 1.86564477;
        dlogits[2][1] | 0.00319117 0.00588603 -0.02922181""",
    ),
    "token_cell_backward": dict(
        draws=f"{_STEP} da_next:n_a,m dc_next:n_a,m",
        outputs=f"{{ da_prev:n_a,m dc_prev:n_a,m {_GRADIENTS} }}",
        cache=_CACHE,
        also="""da_prev[2] | -0.03072367 -0.29061893 0.04282257 -0.17466265 -0.15224774 0.77454046
            -0.76864555;
        dc_prev[2] | -0.04959199 -0.21698993 0.32725943 -0.51335018 0.81292767 0.32197966
            0.61109140;
        dWf[2] | 0.28123201 -0.33253863 -0.05859167 -0.10515641 0.12115786 -0.01141389
            -0.01799262 -0.09841021 -0.01957821 0.20089565;
        dWi[2] | -0.04066414 0.21476182 0.13805873 -0.00964827 0.01169297 -0.01460602
            0.00942885 0.07684415 0.09677180 -0.17995642;
        dWo[2] | 0.08667292 0.14715798 -0.19214134 -0.10504367 0.07751793 -0.03540893
            -0.20992152 -0.06530880 0.02158746 -0.00095734;
        dWc[2] | -2.15484905 0.51565141 -0.88855332 -0.34060485 -0.55875670 -0.00001350
            -0.02622554 0.77360698 0.01131284 0.00976071;
        dbf[2] | 0.17465859;
        dbi[2] | 0.00017535;
        dbo[2] | -0.21249120;
        dbc[2] | 0.20968479""",
    ),
    "language_backward": dict(
        draws=f"{_SEQUENCE} dlogits:n_y,m,T_x",
        outputs=f"{{ da0:n_a,m dc0:n_a,m {_GRADIENTS} dWy:n_y,n_a dby:n_y,1 }}",
        cache=_CACHE,
        also="""da0[2] | 0.12526580 -0.03946986 -0.26566159 0.02549992 0.25259788 -0.62909441
            -0.03286744;
        dc0[2] | -0.54017459 0.79937530 0.01977590 -0.15038393 0.27248610 -0.48294491
            0.07518022;
        dWf[2] | 0.29332246 0.45294481 -0.07891977 -0.60432993 0.11454678 -0.36020270
            0.01497831 -0.00008381 -0.17149945 -0.00116680;
        dWi[2] | -0.26191458 -0.32209853 0.51728064 -0.79938608 -0.23449320 0.05043951
            0.02006694 -0.01325699 -0.08361186 -0.00474080;
        dWo[2] | -0.49688887 -0.49719845 0.55649833 -0.60586659 -0.25366381 0.66458031
            0.14624616 0.54401904 -0.67970189 -0.00924194;
        dWc[2] | 0.06413401 0.16382899 -0.58532078 0.14580946 0.16892308 -0.31881270
            -0.07864530 0.03024910 -0.87693745 0.01137637;
        dbf[2] | -0.40342767;
        dbi[2] | -0.26559641;
        dbo[2] | 0.41223787;
        dbc[2] | -1.06384690;
        dWy[2] | 0.29645335 0.50354761 -1.33904329 0.44565105;
        dby[2] | -6.21723376""",
    ),
    "language_loss": dict(draws=_LOSS, outputs="loss:()"),  # given
    "relative_errors": dict(
        draws=f"gradients{{ {_SOME} }} numerical{{ {_SOME} }}",
        outputs="{ dWf:() dbf:() dWy:() }",
        second=dict(dWf=0, also="dWf | 0"),
        also="""dWf | 0.63805266;
        dbf | 0.90249003;
        dWy | 0.57819829""",
    ),
    "central_difference": dict(
        draws=f"{_LOSS} name=Wf h=0.1",
        **_SMALL,
        outputs="gradient:n_a,n_a+n_x",
        also="""gradient[2] | -0.00177996 -0.01491550 -0.00272996 -0.00038399 -0.00002879 0.00000000
            0.00721100""",
    ),
    "complex_step": dict(
        draws=f"{_LOSS} name=Wf",
        **_SMALL,
        outputs="gradient:n_a,n_a+n_x",
        also="""gradient[2] | -0.00177989 -0.01487542 -0.00272971 -0.00038370 -0.00002875
            -0.00000000 0.00720646""",
    ),
    "forum_forward": dict(draws=_FORUM_SEQUENCE, outputs="logits:T_x,n_y cache"),  # given
    "forum_backward": dict(
        draws=f"{_FORUM_SEQUENCE} dlogits:T_x,n_y",
        outputs=f"{{ dV:n_y,n_a {_FORUM_GRADIENTS} }}",
        T_x=7,
        also="""dWi[2] | 0.02397522 0.01016990 -0.02494295 0.06332254;
        dUi[2] | 0.07137549 0.00400984 0.01241363 0.00038585 -0.03496819 -0.04227167;
        dWf[2] | -0.01586794 0.05197509 -0.08397759 -0.02431146;
        dUf[2] | -0.16446654 -0.00310425 0.02194079 -0.04485888 -0.15154491 -0.01541454;
        dWo[2] | 0.04707689 0.04005976 -0.08520068 -0.10061412;
        dUo[2] | -0.00213443 -0.06779033 0.04788181 0.11872683 -0.22414679 -0.09917674;
        dWg[2] | -0.11936397 0.34492167 -0.87058267 -0.00682797;
        dUg[2] | -1.59943490 0.04443307 -0.13461848 -0.03296428 -1.43274367 -0.00469192;
        dV[2] | -0.37047870 0.02319767 0.01804369 -0.45797392""",
    ),
    "clip_gradients": dict(
        draws=f"gradients{{ {_SOME} }} largest=1.0",
        second=dict(
            largest=50.0,
            also="""dWf[2] | -1.10061918 1.14472371 0.90159072 0.50249434 0.90085595
                -0.68372786 -0.12289023 -0.93576943 -0.26788808 0.53035547""",
        ),
        outputs=f"{{ {_SOME} }}",
        also="""dWf[2] | -0.14978406 0.15578628 0.12269813 0.06838482 0.12259814 -0.09304902
            -0.01672422 -0.12734954 -0.03645708 0.07217646;
        dbf[2] | -0.10168131;
        dWy[2] | -0.15548613 -0.04754230 -0.02842857 0.07983397""",
    ),
}
EXERCISES = {name: _SIZES | row for name, row in EXERCISES.items()}
